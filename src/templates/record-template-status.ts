import { readIdentity } from '../directory/index.ts';
import type { DirectoryDeps } from '../directory/index.ts';
import type { TemplateStatusUpdate, TemplateStore } from './ports.ts';
import { keptReason } from './template.ts';

/** Takes template status updates from carriers. */
export interface TemplateRegistry {
  /**
   * Stores a status update; a repeated one writes nothing. `unknown`: no customer has that template, and nothing was
   * stored.
   */
  record(update: TemplateStatusUpdate): Promise<'recorded' | 'unknown'>;
}

/** Creates a registry. It finds a template by the customer who has the template's WhatsApp number. */
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
      // The same name in another language is another template, which we don't have.
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
