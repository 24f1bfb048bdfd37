import type { ApiKey, ApiKeyStore } from './ports.ts';

/** Looks an API key up by its id; undefined where there is none. */
export type ApiKeyReader = (id: string) => Promise<ApiKey | undefined>;

interface Answer {
  key: ApiKey | undefined;
  until: number;
}

/**
 * Reads API keys through a cache: at most `most` answers are kept, each for `ttlMs` (milliseconds) from the moment at
 * which it was asked for. So a key that another process revokes works for that long, and one that was asked for before
 * it was created doesn't work for that long. All who wait for the same id share one read; one that fails isn't kept.
 */
export function createApiKeyReader(
  store: Pick<ApiKeyStore, 'find'>,
  { now, ttlMs = 60_000, max = 10_000 }: { now: () => Date; ttlMs?: number; max?: number },
): ApiKeyReader {
  // Ids that somebody makes up must not drive out those of real keys, so each kind has its own place.
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
