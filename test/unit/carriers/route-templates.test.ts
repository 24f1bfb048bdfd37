import { expect, test } from 'vitest';

import type { Carrier } from '../../../src/carriers/carrier.ts';
import { routeTemplates } from '../../../src/carriers/route-templates.ts';
import type { TemplateCarrier } from '../../../src/templates/index.ts';
import { createScriptedCarrier } from '../../support/labs/messaging.ts';
import { storedTemplate } from '../../support/samples/templates.ts';

const nothing = { reports: [], templates: [], inbound: [] };

/** A carrier that manages the templates of these numbers, or has no templates. */
function carrierOf(name: string, numbers?: readonly string[]): Carrier {
  const templates: TemplateCarrier = {
    manages: (identity) => numbers?.includes(identity) === true,
    submit: async () => ({ outcome: 'submitted', carrierReference: name }),
    list: async () => ({ outcome: 'listed', templates: [] }),
  };
  return {
    ...createScriptedCarrier(),
    name,
    webhookMethods: ['POST'],
    receive: async () => nothing,
    ...(numbers === undefined ? {} : { templates }),
  };
}

const [first, second, third] = ['358401000001', '358401000002', '358401000003'];
const routed = routeTemplates([carrierOf('kannel'), carrierOf('meta', [first]), carrierOf('acs', [first, second])]);

test.for([
  [first, 'meta'],
  [second, 'acs'],
] as const)('templates of %s go to %s, the first carrier that has the number', async ([identity, carrierReference]) => {
  expect(routed.manages(identity)).toBe(true);
  expect(await routed.submit(storedTemplate({ identity }))).toEqual({ outcome: 'submitted', carrierReference });
  expect(await routed.list(identity)).toEqual({ outcome: 'listed', templates: [] });
});

test('refuses templates of a number that no carrier has, with a reason', async () => {
  const reason = expect.stringMatching(/\S/) as string;
  expect(routed.manages(third)).toBe(false);
  expect(await routed.submit(storedTemplate({ identity: third }))).toEqual({ outcome: 'refused', reason });
  expect(await routed.list(third)).toEqual({ outcome: 'unavailable', reason });
});
