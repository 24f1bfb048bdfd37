import { readIdentity } from '../directory/index.ts';
import type { DirectoryDeps } from '../directory/index.ts';
import type { TemplateStatusUpdate, TemplateStore } from './ports.ts';
import { keptReason } from './template.ts';

/** Takes a carrier's word on templates. */
export interface TemplateRegistry {
  /** Stores it; `unknown` where no customer has such a template: nothing is stored then. Told twice, stores it once. */
  record(news: TemplateStatusUpdate): Promise<'recorded' | 'unknown'>;
}

/** Records what carriers say of templates. A template belongs to whoever has the identity that it is for. */
export function createTemplateRegistry({
  directory,
  templates,
  now,
}: DirectoryDeps & { templates: { store: TemplateStore }; now: () => Date }): TemplateRegistry {
  return {
    async record({ identity, name, language, status, reason }) {
      const address = readIdentity(identity);
      const owner = address === undefined ? undefined : await directory.identityOwner(address);
      const template = owner === undefined ? undefined : (await templates.store.read(owner, name))?.template;
      if (template === undefined || template.identity !== address) return 'unknown';
      // The same name in another language is another template, which nobody made here.
      if (language !== undefined && language !== template.language) return 'unknown';
      const kept = keptReason(reason);
      if (template.status === status && template.reason === kept) return 'recorded';
      const outcome = await templates.store.update(template.customerId, name, {
        status,
        ...(kept === undefined ? {} : { reason: kept }),
        updatedAt: now(),
      });
      return outcome === 'updated' ? 'recorded' : 'unknown';
    },
  };
}
