import { describe, expect, test } from 'vitest';

import type { WebhookRequest } from '../../../../src/carriers/carrier.ts';
import { reportKey } from '../../../../src/carriers/kannel/keys.ts';
import { receipt } from '../../../support/servers/kannel-api.ts';
import { createKannelCarrier, kannelSecrets } from '../../../support/labs/carriers/kannel.ts';

const carrier = createKannelCarrier({ url: 'http://127.0.0.1:9' });
const recipientId = `${'0'.repeat(31)}a-00000`;
const at = '1795544776';

function call(fields: Readonly<Record<string, string>>): WebhookRequest {
  const key = reportKey(recipientId, kannelSecrets.webhookSecret);
  const query = new URLSearchParams({ recipient: recipientId, key, at, ...fields });
  return { method: 'GET', query: `?${query.toString()}`, headers: new Map(), body: new Uint8Array() };
}

const reportsOf = async (fields: Readonly<Record<string, string>>) => (await carrier.receive(call(fields))).reports;

describe('a report’s type, which has bits', () => {
  test.for([
    ['1', receipt('DELIVRD'), 'delivered'],
    ['4', receipt('ACCEPTD'), 'sent'],
    ['8', 'ACK/', 'sent'],
    ['9', 'ACK/', 'delivered'],
    ['12', 'ACK/', 'sent'],
  ] as const)('%s with %s has the status %s', async ([type, reply, status]) => {
    expect(await reportsOf({ type, reply })).toEqual([{ recipientId, status, at: new Date('2026-11-24T18:26:16Z') }]);
  });

  test.for([
    ['2', receipt('UNDELIV', '027'), 'undelivered', 'UNDELIV:027', 'other'],
    ['2', receipt('UNDELIV'), 'undelivered', 'UNDELIV', 'other'],
    ['2', receipt('DELETED'), 'undelivered', 'DELETED', 'other'],
    ['2', receipt('EXPIRED'), 'expired', 'EXPIRED', 'expired'],
    ['2', receipt('REJECTD', '011'), 'rejected', 'REJECTD:011', 'other'],
    ['2', receipt('UNKNOWN'), 'unknown', 'UNKNOWN', 'noReport'],
    ['2', receipt('undeliv', 'abc'), 'undelivered', 'UNDELIV:abc', 'other'],
    ['2', '', 'undelivered', 'type2', 'other'],
    ['2', 'what?', 'undelivered', 'type2', 'other'],
    ['32', '', 'expired', 'type32', 'expired'],
    ['34', receipt('EXPIRED', '001'), 'expired', 'EXPIRED:001', 'expired'],
    ['64', '', 'unknown', 'type64', 'noReport'],
    ['66', receipt('UNKNOWN'), 'unknown', 'UNKNOWN', 'noReport'],
    ['16', 'NACK/0x0000000b/Invalid Destination Address', 'rejected', '0x0000000b', 'invalidNumber'],
    ['16', 'NACK/0x00000014/Message Queue Full', 'rejected', '0x00000014', 'throttled'],
    ['16', 'NACK/0x00000058/Throttling error', 'rejected', '0x00000058', 'throttled'],
    ['16', 'NACK/0x0000000a/Invalid Source Address', 'rejected', '0x0000000a', 'contentRefused'],
    ['16', 'NACK/0x00000008/System Error', 'rejected', '0x00000008', 'carrierUnavailable'],
    ['16', 'NACK/0x00000051/Invalid destination address NPI', 'rejected', '0x00000051', 'carrierSettings'],
    ['16', 'NACK/0x00000400/Vendor-specific error', 'rejected', '0x00000400', 'other'],
    ['16', 'NACK/0x0000000b/', 'rejected', '0x0000000b', 'invalidNumber'],
    ['16', 'NACK/Retries Exceeded', 'rejected', 'NACK', 'carrierUnavailable'],
    ['16', 'NACK/', 'rejected', 'NACK', 'carrierUnavailable'],
    ['16', '', 'rejected', 'type16', 'other'],
  ] as const)(
    '%s with %s has the status %s, the code %s and the reason %s',
    async ([type, reply, status, code, reason]) => {
      const message = expect.stringMatching(/\S/) as string;
      expect(await reportsOf({ type, reply })).toEqual([
        { recipientId, status, code, reason, message, at: new Date('2026-11-24T18:26:16Z') },
      ]);
    },
  );

  test('the text of the message is not stored with a failure', async () => {
    const [report] = await reportsOf({ type: '2', reply: `${receipt('UNDELIV', '027')}Your code is 1234` });
    expect(report?.message).toBe('The network reported UNDELIV, error 027.');
  });

  test.for(['0', '128', '1024'])('the unknown type %s is ignored', async (type) => {
    expect(await carrier.receive(call({ type }))).toEqual({ reports: [], templates: [], inbound: [] });
  });
});

describe('a report to an address that we did not make is refused', () => {
  const key = reportKey(recipientId, kannelSecrets.webhookSecret);
  test.for([
    ['another recipient', { recipient: recipientId.replace(/.$/, '1') }],
    ['no recipient', { recipient: '' }],
    ['no key', { key: '' }],
    ['a truncated key', { key: key.slice(0, -1) }],
    ['a key with extra characters', { key: `${key}0` }],
    ['the key of another recipient', { key: reportKey('another', kannelSecrets.webhookSecret) }],
    ['a key made with another secret', { key: reportKey(recipientId, 'another secret of ours') }],
    ['the secret for inbound messages', { key: kannelSecrets.inboundSecret }],
  ] as const)('%s', async ([, fields]) => {
    const refused = expect.objectContaining({ name: 'WebhookRefused', status: 401 }) as Error;
    await expect(carrier.receive(call({ type: '1', ...fields }))).rejects.toThrow(refused);
  });
});

test('all reports on a recipient have the same key, and no other recipient has it', () => {
  const { webhookSecret } = kannelSecrets;
  expect(reportKey('a', webhookSecret)).toMatch(/^[0-9a-f]{64}$/);
  expect(reportKey('a', webhookSecret)).toBe(reportKey('a', webhookSecret));
  expect(reportKey('a', webhookSecret)).not.toBe(reportKey('b', webhookSecret));
  expect(reportKey('a', webhookSecret)).not.toBe(reportKey('a', `${webhookSecret}x`));
});

// RFC 4231, test case 2.
test('keys are HMAC-SHA-256', () => {
  expect(reportKey('what do ya want for nothing?', 'Jefe')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});
