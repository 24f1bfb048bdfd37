import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { inboundId } from '../../../src/conversations/inbound-id.ts';
import { isInboundId } from '../../../src/conversations/index.ts';
import { isMessageId } from '../../../src/messages/index.ts';
import { inboundEvent } from '../../support/labs/inbound.ts';
import { testMessageId } from '../../support/labs/messaging.ts';

const event = inboundEvent({ carrierMessageId: 'c-1', at: new Date('2026-11-23T09:59:59.123Z') });
const id = inboundId('simulated', event);

describe('the id of an inbound message', () => {
  test('has a letter, a shard, the carrier’s time, and digits computed from carrier and message', () => {
    // The form must never change: a later version may get the repeat of a call that this version got.
    const digits = createHash('sha256').update('["simulated","c-1"]').digest('hex');
    const time = Date.parse('2026-11-23T09:59:59.123Z').toString(16);
    expect(id).toBe(`i${digits.slice(0, 2)}0${time}${digits.slice(2, 20)}`);
  });

  test('is the same for a repeat, even if its other fields differ', () => {
    const repeat = inboundEvent({
      ...event,
      at: new Date(event.at),
      sender: '1',
      recipient: '2',
      protocol: 'WhatsApp',
      content: 'x',
      buttonReply: 'y',
      attachments: [{ reference: 'r', name: 'n', mimeType: 'm' }],
    });
    expect(inboundId('simulated', repeat)).toBe(id);
  });

  test.each<[string, string, Partial<typeof event>]>([
    ['carrier', 'another', {}],
    ['message', 'simulated', { carrierMessageId: 'c-2' }],
    ['message whose id differs in letter case', 'simulated', { carrierMessageId: 'C-1' }],
    ['time', 'simulated', { at: new Date(event.at.getTime() + 1) }],
  ])('differs for another %s', (_, carrier, details) => {
    expect(inboundId(carrier, { ...event, ...details })).not.toBe(id);
  });

  test('differs if carrier and message id only join to the same text', () => {
    expect(inboundId('a', { ...event, carrierMessageId: 'b"c' })).not.toBe(
      inboundId('a"b', { ...event, carrierMessageId: 'c' }),
    );
    expect(inboundId('ab', { ...event, carrierMessageId: 'c' })).not.toBe(
      inboundId('a', { ...event, carrierMessageId: 'bc' }),
    );
  });

  test.each([
    [new Date(0), '000000000000'],
    [new Date(-1), '000000000000'],
    [new Date('0001-01-01T00:00:00Z'), '000000000000'],
    [new Date(-8.64e15), '000000000000'],
    [new Date('9999-12-31T23:59:59.999Z'), (253_402_300_799_999).toString(16).padStart(12, '0')],
    [new Date(8.64e15), 'ffffffffffff'],
  ])('has its form and its time digits at %j', (at, digits) => {
    const odd = inboundId('simulated', { ...event, at });
    expect([isInboundId(odd), odd.slice(3, 15)]).toEqual([true, digits]);
  });

  test('spreads messages over the shards', () => {
    const shards = Array.from({ length: 200 }, (_, index) =>
      inboundId('simulated', { ...event, carrierMessageId: `c-${index}` }).slice(1, 3),
    );
    expect(new Set(shards).size).toBeGreaterThan(100);
  });

  test('can’t be confused with the id of a message that we sent', () => {
    expect([isInboundId(id), isMessageId(id)]).toEqual([true, false]);
    expect([isInboundId(testMessageId(1)), isMessageId(testMessageId(1))]).toEqual([false, true]);
  });

  test.each(['', 'i', id.toUpperCase(), `${id}0`, id.slice(0, -1), ` ${id}`, `${id}\n`, `j${id.slice(1)}`])(
    'does not have the form %j',
    (other) => {
      expect(isInboundId(other)).toBe(false);
    },
  );
});
