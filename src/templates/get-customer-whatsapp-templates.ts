import { defineOperation, inPath, inQuery } from '../operation/define-operation.ts';
import { list, object, optional, text } from '../operation/schema.ts';
import type { TemplatesDeps } from './submit-template.ts';

/** Lists the approved templates of a customer; fills the WhatsApp Template dropdown. */
export const getCustomerWhatsAppTemplates = defineOperation({
  operationId: 'GetCustomerWhatsAppTemplates',
  method: 'GET',
  path: '/whatsapp/templates/{Customer-Id}',
  summary: 'Get Customer WhatsApp Templates',
  description: 'Lists the approved WhatsApp templates of a customer.',
  visibility: 'internal',
  scopes: ['WhatsApp'],
  parameters: {
    'Customer-Id': inPath(text({ title: 'Customer', description: 'The customer whose templates are listed.' })),
    TemplateId: inQuery(
      optional(text({ title: 'Template Id', description: 'Id of the only template to list. Empty lists all.' })),
    ),
  },
  answer: {
    status: 200,
    description: 'The approved templates, by name.',
    schema: list(
      object({
        id: text({ title: 'Template Name', description: 'Id of the template.', visibility: 'internal' }),
        displayName: text({ title: 'Displayname', description: 'Name of the template.' }),
        extensionParameters: object(
          {
            rawContent: text({
              title: 'Template Content',
              description: 'The text of the template, with its placeholders.',
              visibility: 'internal',
            }),
          },
          { title: 'Extension Parameters', description: 'The text of the template.' },
        ),
      }),
    ),
  },
  errors: [],
  customer: 'Customer-Id',
  async handler({ customer, parameters: { TemplateId: wanted } }, { templates }: TemplatesDeps) {
    const stored = await templates.store.list(customer.id);
    return {
      body: stored
        .filter(({ status, name }) => status === 'approved' && (wanted === undefined || wanted === name))
        .sort((left, right) => (left.name < right.name ? -1 : 1))
        .map(({ name, displayName, content }) => ({
          id: name,
          displayName,
          extensionParameters: { rawContent: content },
        })),
    };
  },
});
