import { defineOperation } from '../operation/define-operation.ts';
import { list, text } from '../operation/schema.ts';
import { categoryNames } from './categories.ts';

/** Lists the categories of templates; fills the Template Category dropdown. */
export const getWhatsappTemplateCategories = defineOperation({
  operationId: 'GetWhatsappTemplateCategories',
  method: 'GET',
  path: '/whatsapp/templates/categories',
  summary: 'Get WhatsApp Template Categories',
  description: 'Lists the categories that a WhatsApp template can have.',
  visibility: 'internal',
  scopes: ['WhatsApp'],
  parameters: {},
  answer: {
    status: 200,
    description: 'The names of the categories.',
    schema: list(text({ title: 'Category', description: 'Name of a category.' })),
  },
  errors: [],
  handler: async () => ({ body: [...categoryNames] }),
});
