import type { TemplateStore } from './ports.ts';
import type { Template } from './template.ts';

/** Finds approved templates. */
export interface TemplateReader {
  /** Returns the customer's approved template with that name; undefined if there is none. */
  approved(customerId: string, name: string): Promise<Template | undefined>;
}

/**
 * Templates in the cache above which expired entries are dropped. A process that serves many customers sends fewer in a
 * minute.
 */
const cachedTemplates = 1_000;

/**
 * Reads approved templates through a cache, so that a send with a cached template costs no storage operation. The cache
 * has approved templates only, so a template can be sent as soon as it is approved. A template that loses its approval
 * is still found for up to `ttlMs` (milliseconds).
 */
export function createTemplateReader(
  store: Pick<TemplateStore, 'read'>,
  { now, ttlMs = 60_000 }: { now: () => Date; ttlMs?: number },
): TemplateReader {
  const cache = new Map<string, { template: Template; until: number }>();
  return {
    async approved(customerId, name) {
      const key = JSON.stringify([customerId, name]);
      const known = cache.get(key);
      const askedAt = now().getTime();
      if (known !== undefined && askedAt < known.until) return known.template;
      cache.delete(key);
      const template = (await store.read(customerId, name))?.template;
      if (template?.status !== 'approved') return undefined;
      if (cache.size >= cachedTemplates) dropOutdated(cache, askedAt);
      cache.set(key, { template, until: askedAt + ttlMs });
      return template;
    },
  };
}

function dropOutdated(cache: Map<string, { until: number }>, now: number): void {
  for (const [key, { until }] of cache) if (until <= now) cache.delete(key);
}
