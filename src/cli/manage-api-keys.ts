import { newApiKey } from '../auth/api-key.ts';
import type { ApiKey, ApiKeyStore } from '../auth/ports.ts';
import type { Directory } from '../directory/index.ts';
import { isDateTime, parseDateTime } from '../core/date-time.ts';
import { scopes as knownScopes } from '../operation/scopes.ts';

/** What API keys are managed with. */
export interface ApiKeyDeps {
  apiKeys: ApiKeyStore;
  directory: Pick<Directory, 'user'>;
  randomBytes: (size: number) => Buffer;
  now: () => Date;
}

/** What an operator says of a new key, as typed; everything but the time of its end must be said. */
export interface NewApiKeyOptions {
  user?: string;
  /** Names of scopes, separated by commas. */
  scopes?: string;
  allScopes: boolean;
  name?: string;
  /** ISO 8601; without an offset in UTC. */
  expires?: string;
}

/**
 * Makes a key, and returns it with what to do about it; it can't be shown again.
 *
 * @throws with all that is wrong with the options, a line each
 */
export async function createApiKey(options: NewApiKeyOptions, deps: ApiKeyDeps): Promise<string[]> {
  const now = deps.now();
  const scopes = scopesOf(options);
  const expiresAt = options.expires === undefined ? undefined : timeOf(options.expires);
  const userId = options.user ?? '';
  const problems = [
    ...(userId === '' ? ['--user names no user'] : []),
    ...(isName(options.name) ? [] : ['--name must be 1 to 100 characters on one line']),
    ...scopes.problems,
    ...(expiresAt === undefined || expiresAt > now ? [] : ['--expires must be a date and time to come, in ISO 8601']),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  if ((await deps.directory.user(userId)) === undefined) throw new Error(`The directory has no user '${userId}'.`);
  const { key, id, hash } = newApiKey(deps.randomBytes);
  const name = options.name?.trim() ?? '';
  const end = expiresAt === undefined ? {} : { expiresAt };
  const kept: ApiKey = { id, hash, userId, scopes: scopes.names, name, createdAt: now, ...end };
  await deps.apiKeys.add(kept);
  return [key, `Keep it now: it is not shown again. ${describe(kept, now)}`];
}

/** One line a key, without the keys themselves. */
export async function listApiKeys({ apiKeys, now }: Pick<ApiKeyDeps, 'apiKeys' | 'now'>): Promise<string[]> {
  const keys = await apiKeys.list();
  return keys.length === 0 ? ['There are no API keys.'] : keys.map((key) => describe(key, now()));
}

/** Takes keys away for good, and says so of each; throws where one isn't there. */
export async function revokeApiKeys(
  ids: readonly string[],
  { apiKeys }: Pick<ApiKeyDeps, 'apiKeys'>,
): Promise<string[]> {
  const lines: string[] = [];
  const missing: string[] = [];
  for (const id of ids) {
    if (await apiKeys.remove(id)) lines.push(`${id} is revoked; it may work for a minute more.`);
    else missing.push(`There is no API key with the id '${id}'.`);
  }
  if (missing.length > 0) throw new Error([...lines, ...missing].join('\n'));
  return lines;
}

function describe({ id, userId, name, scopes, createdAt, expiresAt }: ApiKey, now: Date): string {
  const verb = expiresAt !== undefined && expiresAt <= now ? 'expired' : 'expires';
  const end = expiresAt === undefined ? 'never expires' : `${verb} ${expiresAt.toISOString()}`;
  return `${id}  ${name}  user ${userId}  ${scopes.join(',')}  created ${createdAt.toISOString()}, ${end}`;
}

function scopesOf({ scopes, allScopes }: NewApiKeyOptions): { names: string[]; problems: string[] } {
  const all = Object.keys(knownScopes);
  const named = [...new Set((scopes ?? '').split(',').flatMap((scope) => scope.trim() || []))];
  if (allScopes === named.length > 0) return { names: [], problems: ['give either --scopes or --all-scopes'] };
  const problems = named
    .filter((scope) => !all.includes(scope))
    .map((scope) => `'${scope}' is not a scope; there are ${all.join(', ')}`);
  return { names: allScopes ? all : named, problems };
}

function isName(text = ''): boolean {
  return /^[^\p{Cc}\u2028\u2029]{1,100}$/u.test(text.trim());
}

/** The beginning of time where the text is none. */
function timeOf(text: string): Date {
  return isDateTime(text) ? parseDateTime(text, 'UTC') : new Date(0);
}
