import type { TemplateStore } from './ports.ts';
import type { Template } from './template.ts';

/** Finds approved templates. */
export interface TemplateReader {
  /** The customer's approved template of that name. */
  approved(customerId: string, name: string): Promise<Template | undefined>;
}

/** More than a process that serves many customers sends in a minute; beyond it, what is outdated is dropped. */
const cachedTemplates = 1_000;

/**
 * Reads approved templates through a cache, so that a send with a known template costs no storage operation. Only
 * approved ones are kept: a template that is approved can be sent at once. One that is no longer approved is found for
 * up to `ttlMs` (milliseconds) more.
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
