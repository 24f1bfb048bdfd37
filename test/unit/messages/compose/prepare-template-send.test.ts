import { expect, test } from 'vitest';
import { prepareTemplateSend } from '../../../../src/messages/compose/prepare-template-send.ts';
import { testCustomer, testNow, testService } from '../../../support/labs/kernel.ts';
import { storedTemplate } from '../../../support/samples/templates.ts';
import type { TemplateSendDeps } from '../../../../src/messages/deps.ts';

const template = storedTemplate({
  status: 'approved',
  content: 'Hi.',
  buttons: [
    { type: 'Url', label: 'Look', data: 'https://a.example/{{1}}' },
    { type: 'Url', label: 'Buy', data: 'https://a.example/{{1}}' },
  ],
});

test('a template send: a button without a type gets the type in the template', async () => {
  const deps = {
    templates: { reader: { approved: () => Promise.resolve(template) } },
    optOuts: { numbers: () => Promise.resolve(new Set<string>()) },
  } as unknown as TemplateSendDeps;
  const body = {
    TemplateName: 'order_ready',
    Recipients: [{ Address: '+358401230001' }],
    Buttons: [{ Data: 'a' }, { Type: 'Url', Data: 'b' }],
  };
  const draft = { body, customer: testCustomer, service: testService, now: testNow };
  const { problems, prepared } = await prepareTemplateSend(draft, deps);
  expect(problems).toEqual([]);
  expect(prepared.template?.buttons).toEqual([
    { type: 'Url', data: 'a' },
    { type: 'Url', data: 'b' },
  ]);
});
