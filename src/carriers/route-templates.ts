import type { TemplateCarrier } from '../templates/index.ts';
import type { Carrier } from './carrier.ts';

/** Creates a template carrier that passes each call to the first carrier that manages the WhatsApp number. */
export function routeTemplates(carriers: readonly Carrier[]): TemplateCarrier {
  const find = (identity: string): TemplateCarrier | undefined =>
    carriers.flatMap(({ templates }) => templates ?? []).find((templates) => templates.manages(identity));
  const nobody = 'no carrier is set up for the templates of this number';
  return {
    manages: (identity) => find(identity) !== undefined,
    submit: async (template) =>
      (await find(template.identity)?.submit(template)) ?? { outcome: 'refused', reason: nobody },
    list: async (identity) => (await find(identity)?.list(identity)) ?? { outcome: 'unavailable', reason: nobody },
  };
}
