import { newApiKey } from '../../auth/api-key.ts';
import type { ApiKey, ApiKeyStore } from '../../auth/ports.ts';
import type { Directory } from '../../directory/index.ts';
import { isDateTime, parseDateTime } from '../../core/date-time.ts';
import { scopes as knownScopes } from '../../operation/scopes.ts';

/** What the functions that manage API keys depend on. */
export interface ApiKeyDeps {
  apiKeys: ApiKeyStore;
  directory: Pick<Directory, 'user'>;
  randomBytes: (size: number) => Buffer;
  now: () => Date;
}

/** The options of a new key. An operator must give `user`, `name`, and either `scopes` or `allScopes`. */
export interface NewApiKeyOptions {
  user?: string;
  /** Names of scopes, separated by commas. */
  scopes?: string;
  allScopes: boolean;
  name?: string;
  /** When the key expires, in ISO 8601, UTC without an offset; absent: never. */
  expires?: string;
}

/**
 * Makes and stores a key. Resolves to two lines: the key, which can't be shown again, and its description.
 *
 * @throws Error with everything that is wrong with the options, a line each
 */
export async function createApiKey(options: NewApiKeyOptions, deps: ApiKeyDeps): Promise<string[]> {
  const now = deps.now();
  const scopes = scopesOf(options);
  const expiresAt = options.expires === undefined ? undefined : timeOf(options.expires);
  const userId = options.user ?? '';
  const problems = [
    ...(userId === '' ? ['--user must name a user'] : []),
    ...(isName(options.name) ? [] : ['--name must be 1 to 100 characters on one line']),
    ...scopes.problems,
    ...(expiresAt === undefined || expiresAt > now
      ? []
      : ['--expires must be a date and time in the future, in ISO 8601']),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  if ((await deps.directory.user(userId)) === undefined) throw new Error(`The directory has no user '${userId}'.`);
  const { key, id, hash } = newApiKey(deps.randomBytes);
  const name = options.name?.trim() ?? '';
  const end = expiresAt === undefined ? {} : { expiresAt };
  const kept: ApiKey = { id, hash, userId, scopes: scopes.names, name, createdAt: now, ...end };
  await deps.apiKeys.add(kept);
  return [key, `Save it now: it is not shown again. ${describe(kept, now)}`];
}

/** Lists all keys: a line each, without the key itself. */
export async function listApiKeys({ apiKeys, now }: Pick<ApiKeyDeps, 'apiKeys' | 'now'>): Promise<string[]> {
  const keys = await apiKeys.list();
  return keys.length === 0 ? ['There are no API keys.'] : keys.map((key) => describe(key, now()));
}

/**
 * Deletes keys. Resolves to a line for each.
 *
 * @throws Error if some don't exist, after it deleted the others
 */
export async function revokeApiKeys(
  ids: readonly string[],
  { apiKeys }: Pick<ApiKeyDeps, 'apiKeys'>,
): Promise<string[]> {
  const lines: string[] = [];
  const missing: string[] = [];
  for (const id of ids) {
    if (await apiKeys.remove(id)) lines.push(`${id} is revoked; it may work for another minute.`);
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
    .map((scope) => `'${scope}' is not a scope; the scopes are ${all.join(', ')}`);
  return { names: allScopes ? all : named, problems };
}

function isName(text = ''): boolean {
  return /^[^\p{Cc}\u2028\u2029]{1,100}$/u.test(text.trim());
}

/** Reads a time. If the text is not a time, returns 1970, so that it counts as past. */
function timeOf(text: string): Date {
  return isDateTime(text) ? parseDateTime(text, 'UTC') : new Date(0);
}
