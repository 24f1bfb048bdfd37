import type { ApiKey, ApiKeyStore } from './ports.ts';

/** Looks an API key up by its id. Resolves to undefined if it does not exist. */
export type ApiKeyReader = (id: string) => Promise<ApiKey | undefined>;

interface Answer {
  key: ApiKey | undefined;
  until: number;
}

/**
 * Creates a reader of API keys with a cache. The cache keeps at most `max` known and `max` unknown ids, each for
 * `ttlMs` milliseconds from the moment at which the read began. So a key that another process revokes works for up to
 * that time, and a key that was asked for before it was created is refused for up to that time. Callers that ask for
 * the same id share one read. A read that fails is not cached.
 */
export function createApiKeyReader(
  store: Pick<ApiKeyStore, 'find'>,
  { now, ttlMs = 60_000, max = 10_000 }: { now: () => Date; ttlMs?: number; max?: number },
): ApiKeyReader {
  // Made-up ids must not displace the ids of real keys, so each kind has a cache of its own.
  const known = new Map<string, Answer>();
  const unknown = new Map<string, Answer>();
  const underway = new Map<string, Promise<ApiKey | undefined>>();

  const keep = (id: string, answer: Answer): void => {
    known.delete(id);
    unknown.delete(id);
    const answers = answer.key === undefined ? unknown : known;
    const [oldest] = answers.keys();
    if (answers.size >= max && oldest !== undefined) answers.delete(oldest);
    answers.set(id, answer);
  };

  const read = async (id: string): Promise<ApiKey | undefined> => {
    const until = now().getTime() + ttlMs;
    const key = await store.find(id);
    keep(id, { key, until });
    return key;
  };

  return async (id) => {
    const answer = known.get(id) ?? unknown.get(id);
    if (answer !== undefined && now().getTime() < answer.until) return answer.key;
    const reading = underway.get(id) ?? read(id).finally(() => underway.delete(id));
    underway.set(id, reading);
    return reading;
  };
}
