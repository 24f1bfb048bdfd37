import type { TemplateCarrier } from '../templates/index.ts';
import type { Carrier } from './carrier.ts';

/** Manages the templates of each WhatsApp number with the first carrier that has the number. */
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
