import type { NewTemplate, Template } from '../../../src/templates/index.ts';
import { testNow } from '../labs/kernel.ts';

/** A template as somebody asks for it, with other fields where a test says so. */
export function newTemplate(details: Partial<NewTemplate> = {}): NewTemplate {
  return {
    customerId: 'demo',
    identity: '358401000001',
    name: 'order_ready',
    displayName: 'Order ready',
    language: 'en',
    category: 'UTILITY',
    content: 'Hi {{1}}, your order {{2}} is ready.',
    buttons: [],
    ...details,
  };
}

/** A pending template that nobody has submitted, asked for at testNow, with other fields where a test says so. */
export function storedTemplate(details: Partial<Template> = {}): Template {
  return { ...newTemplate(), status: 'pending', createdAt: testNow, updatedAt: testNow, ...details };
}
