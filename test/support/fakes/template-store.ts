import type { Template, TemplateStore, VersionedTemplate } from '../../../src/templates/index.ts';

/** Keeps templates in memory, for tests and for load without a storage account. */
export function createMemoryTemplateStore(): TemplateStore {
  const templates = new Map<string, VersionedTemplate>();
  const keyOf = ({ customerId, name }: Pick<Template, 'customerId' | 'name'>): string =>
    JSON.stringify([customerId, name]);
  let writes = 0;
  const write = (template: Template): VersionedTemplate => {
    writes += 1;
    const versioned = { template, version: String(writes) };
    templates.set(keyOf(template), versioned);
    return versioned;
  };

  return {
    async create(template) {
      return templates.has(keyOf(template)) ? 'exists' : write(template);
    },
    async read(customerId, name) {
      return templates.get(keyOf({ customerId, name }));
    },
    async list(customerId) {
      return [...templates.values()]
        .map(({ template }) => template)
        .filter((template) => template.customerId === customerId);
    },
    async replace({ version }, next) {
      return templates.get(keyOf(next))?.version === version ? write(next) : 'conflict';
    },
    async update(customerId, name, changes) {
      const found = templates.get(keyOf({ customerId, name }));
      if (found === undefined) return 'absent';
      const { reason, ...rest } = found.template;
      const keepsReason = !('status' in changes) && reason !== undefined;
      write({ ...rest, ...(keepsReason ? { reason } : {}), ...changes });
      return 'updated';
    },
    async remove({ template, version }) {
      if (templates.get(keyOf(template))?.version === version) templates.delete(keyOf(template));
    },
  };
}
