import { expect, test } from 'vitest';

import { describeCancellation, describeChunk, describeRecipient } from '../../../../src/cli/messages/describe.ts';
import { testNow } from '../../../support/labs/kernel.ts';

const now = testNow.toISOString();
const until = new Date(testNow.getTime() + 60_000);
const chunk = { index: 0, attempts: 0, updatedAt: testNow };

test.for<[what: string, details: Partial<Parameters<typeof describeChunk>[0]>, line: string]>([
  ['that waits', {}, `0 attempts, changed ${now}`],
  ['that was sent', { attempts: 1, carrier: 'kannel' }, `1 attempt by kannel, changed ${now}`],
  [
    'that a worker has',
    { attempts: 2, carrier: 'kannel', leasedUntil: until, inFlight: [3, 4] },
    `2 attempts by kannel, changed ${now}, 2 in flight until ${until.toISOString()}`,
  ],
  [
    'of which a worker has all',
    { leasedUntil: until },
    `0 attempts, changed ${now}, all in flight until ${until.toISOString()}`,
  ],
  [
    'in doubt',
    { attempts: 1, carrier: 'twilio', inFlight: [7], notBefore: until },
    `1 attempt by twilio, changed ${now}, 1 in doubt, next attempt due ${until.toISOString()}`,
  ],
])('describes a chunk %s', ([, details, line]) => {
  expect(describeChunk({ ...chunk, ...details })).toBe(`  chunk 0: ${line}`);
});

const state = { id: 'id-1', address: '358401230001', status: 'sent', updatedAt: testNow } as const;

test('a recipient is described with the carrier’s id of its message, one for each channel', () => {
  expect(describeRecipient(state)).toBe(`  id-1  …001  sent  ${now}`);
  expect(describeRecipient({ ...state, reference: 'SM1' })).toBe(`  id-1  …001  sent  ${now}  reference SM1`);
  const note = { code: '30003', message: 'Unreachable' };
  const history = [
    { protocol: 'WhatsApp', status: 'failed', updatedAt: testNow, reference: 'wamid.1' },
    { protocol: 'SMS', status: 'undelivered', updatedAt: testNow, reference: 'SM2', note },
  ] as const;
  expect(describeRecipient({ ...state, status: 'undelivered', reference: 'SM2', note, history })).toBe(
    `  id-1  …001  undelivered  ${now}  reference wamid.1  reference SM2  30003 (other): Unreachable`,
  );
});

test.for<[what: string, result: Parameters<typeof describeCancellation>[1], line: string]>([
  ['for its only recipient', { outcome: 'done', canceled: 1, kept: 0 }, 'm is cancelled for 1 recipient'],
  ['for all recipients', { outcome: 'done', canceled: 2, kept: 0 }, 'm is cancelled for 2 recipients'],
  [
    'for some recipients',
    { outcome: 'done', canceled: 100, kept: 1 },
    'm is cancelled for 100 recipients; for 1 recipient it was too late',
  ],
  [
    'too late',
    { outcome: 'done', canceled: 0, kept: 2 },
    'm is cancelled for 0 recipients; for 2 recipients it was too late',
  ],
  ['that is not there', { outcome: 'missing' }, 'm is not a message'],
  ['that was not scheduled', { outcome: 'notScheduled' }, "m was not scheduled, so it can't be cancelled"],
])('describes the cancellation of a message %s', ([, result, line]) => {
  expect(describeCancellation('m', result)).toBe(line);
});
