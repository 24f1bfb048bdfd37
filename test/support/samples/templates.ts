import type { NewTemplate, Template } from '../../../src/templates/index.ts';
import { testNow } from '../labs/kernel.ts';

/** Returns a template as it is requested, with some fields replaced. */
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

/** Returns a pending template that was requested at testNow and not submitted, with some fields replaced. */
export function storedTemplate(details: Partial<Template> = {}): Template {
  return { ...newTemplate(), status: 'pending', createdAt: testNow, updatedAt: testNow, ...details };
}
