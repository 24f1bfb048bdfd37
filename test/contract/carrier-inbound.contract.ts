import { describe, expect, test } from 'vitest';
import type { TestContext } from 'vitest';

import type { Carrier, WebhookRequest } from '../../src/carriers/carrier.ts';
import type { AttachmentOutcome, InboundEvent, InboundProtocol } from '../../src/conversations/index.ts';
import { eventually } from '../support/tools/eventually.ts';
import { addressOfNobody, answering, startFaultyNetwork } from '../support/servers/faulty-network.ts';

/** A message that a phone writes. */
interface PhoneMessage extends Pick<InboundEvent, 'sender' | 'recipient' | 'protocol' | 'content' | 'buttonReply'> {
  attachments: { name: string; mimeType: string; bytes: Uint8Array }[];
}

/** What phones can send through a carrier, and how to act as a phone. */
export interface InboundSetup {
  protocols: readonly InboundProtocol[];
  /** Our address, in digits, to which phones write. */
  recipient: string;
  /** False if the network doesn't say when a message came. */
  tellsTime?: boolean;
  /** False if the network doesn't repeat calls. */
  repeats?: boolean;
  write(message: PhoneMessage): Promise<void>;
  /** Names of attachments that make the network behave in a certain way. */
  attachmentNames?: { lost: string; unavailable: string };
  /** False if attachments come without a name of their own. */
  namesAttachments?: boolean;
  /** The most attachments that a message can have; absent: any number. */
  attachmentsPerMessage?: number;
  /** From now on, the receiver of the network's calls answers with this status. */
  answerCalls(status: number): void;
}

/** The part of a carrier's setup that these tests use. */
interface ReceivingSetup {
  carrier: Carrier;
  unauthorised: Carrier;
  connect(options: { url: string; timeoutMs: number }): Carrier;
  calls(): readonly WebhookRequest[];
  forgeries(call: WebhookRequest): WebhookRequest[];
  inbound?: InboundSetup;
}

const png = { name: 'kuva ä.png', mimeType: 'image/png', bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff, 0x0a]) };
const failed = { outcome: 'failed', reason: expect.stringMatching(/\S/) as string };
const retry = { outcome: 'retry', reason: expect.stringMatching(/\S/) as string };

/** Skips a test, and says why. */
type Skip = TestContext['skip'];

let nextPhone = 0;

/** Returns the time of an event, if its network tells it. */
const timeOf = ({ at }: InboundEvent): { at?: Date } => (at === undefined ? {} : { at });

/** Makes a message of a phone that no other message has, so that its events can be found. */
function messageTo(recipient: string, protocol: InboundProtocol, details: Partial<PhoneMessage>): PhoneMessage {
  nextPhone += 1;
  const sender = `3584012${String(nextPhone).padStart(5, '0')}`;
  return { sender, recipient, protocol, content: 'Hyvää päivää 😀', attachments: [], ...details };
}

/** Tests what every carrier must do with inbound messages; part of the carrier contract. */
export function inboundContract(setup: () => ReceivingSetup): void {
  const eventsIn = async (call: WebhookRequest): Promise<InboundEvent[]> =>
    (await setup().carrier.receive(call)).inbound;

  const eventsOf = async ({ sender }: PhoneMessage): Promise<InboundEvent[]> => {
    const events = await Promise.all(setup().calls().map(eventsIn));
    return events.flat().filter((event) => event.sender === sender);
  };

  const firstEventOf = (message: PhoneMessage): Promise<InboundEvent> =>
    eventually(async () => {
      const [event] = await eventsOf(message);
      expect(event).toBeDefined();
      return event as InboundEvent;
    });

  const messageFrom = (protocol: InboundProtocol, details: Partial<PhoneMessage> = {}): PhoneMessage =>
    messageTo(setup().inbound?.recipient ?? '', protocol, details);

  /** Returns the first of these protocols that phones can use. Skips the test if they can use none of them. */
  const ofProtocols = (skip: Skip, ...protocols: InboundProtocol[]): InboundProtocol =>
    protocols.find((protocol) => setup().inbound?.protocols.includes(protocol)) ??
    skip(`the carrier receives no ${protocols.join(' or ')}`);

  describe('an inbound message', () => {
    test.for(['SMS', 'MMS', 'WhatsApp'] as const)('arrives as one event: %s', async (protocol, { skip }) => {
      const { inbound } = setup();
      ofProtocols(skip, protocol);
      const before = Date.now();
      const message = messageFrom(protocol);
      await inbound?.write(message);
      // Write another message after it. Once that one arrived, a second event of the first would have arrived, too.
      const other = messageFrom(protocol);
      await inbound?.write(other);
      await firstEventOf(other);
      const event = await firstEventOf(message);
      expect(await eventsOf(message)).toEqual([
        {
          carrierMessageId: expect.stringMatching(/\S/) as string,
          sender: message.sender,
          recipient: message.recipient,
          protocol,
          content: message.content,
          ...timeOf(event),
          attachments: [],
        },
      ]);
      expect(event.at !== undefined).toBe(inbound?.tellsTime !== false);
      if (event.at === undefined) return;
      // A carrier that tells whole seconds may be up to one second early.
      expect(event.at.getTime()).toBeGreaterThan(before - 1000);
      expect(event.at.getTime()).toBeLessThanOrEqual(Date.now());
    });

    test('with the same text as another is a message of its own', async ({ skip }) => {
      const { inbound } = setup();
      const message = messageFrom(ofProtocols(skip, 'SMS', 'WhatsApp'));
      await inbound?.write(message);
      await inbound?.write(message);
      const events = await eventually(async () => {
        const found = await eventsOf(message);
        expect(found).toHaveLength(2);
        return found;
      });
      expect(new Set(events.map(({ carrierMessageId }) => carrierMessageId)).size).toBe(2);
    });

    test('is repeated until it is confirmed, each time with the same id and time', async ({ skip }) => {
      const { inbound } = setup();
      skip(inbound?.repeats === false, 'the network calls only once');
      const message = messageFrom(ofProtocols(skip, 'SMS', 'WhatsApp'));
      inbound?.answerCalls(503);
      try {
        await inbound?.write(message);
        await firstEventOf(message);
      } finally {
        inbound?.answerCalls(200);
      }
      const [first, ...repeats] = await eventually(async () => {
        const found = await eventsOf(message);
        expect(found.length).toBeGreaterThan(1);
        return found;
      });
      for (const repeat of repeats) expect(repeat).toEqual(first);
    });

    test('that is a tap on a button has the button’s label', async ({ skip }) => {
      const message = messageFrom(ofProtocols(skip, 'WhatsApp'), { content: 'Yes', buttonReply: 'Yes' });
      await setup().inbound?.write(message);
      expect(await firstEventOf(message)).toMatchObject({ content: 'Yes', buttonReply: 'Yes', attachments: [] });
    });

    test('is refused if the call may come from somebody else', async ({ skip }) => {
      const message = messageFrom(ofProtocols(skip, 'SMS', 'WhatsApp'));
      await setup().inbound?.write(message);
      await firstEventOf(message);
      const calls = setup().calls();
      const events = await Promise.all(calls.map(eventsIn));
      const call = calls[events.findLastIndex((found) => found.length > 0)] as WebhookRequest;
      const refused = expect.objectContaining({ name: 'WebhookRefused', status: 401 }) as Error;
      for (const forgery of setup().forgeries(call)) {
        await expect(eventsIn(forgery)).rejects.toThrow(refused);
      }
    });
  });

  describe('attachments', () => {
    /** Returns the only attachment in the event of a message. Skips the test if phones can't attach anything. */
    async function announced(name: string, skip: Skip): Promise<InboundEvent['attachments'][number]> {
      const protocol = ofProtocols(skip, 'MMS', 'WhatsApp');
      const message = messageFrom(protocol, { content: '', attachments: [{ ...png, name }] });
      await setup().inbound?.write(message);
      const { attachments } = await firstEventOf(message);
      const reference = expect.stringMatching(/\S/) as string;
      expect(attachments).toEqual([{ reference, name: nameOf(name), mimeType: png.mimeType }]);
      return attachments[0] as InboundEvent['attachments'][number];
    }

    const attachmentName = (kind: 'lost' | 'unavailable', skip: Skip): string =>
      setup().inbound?.attachmentNames?.[kind] ?? skip(`the network has no attachment that is ${kind}`);

    /** Returns the name that an attachment has: its own, or one with the extension of its type. */
    const nameOf = (name: string): string =>
      setup().inbound?.namesAttachments === false ? (expect.stringMatching(/\S\.\w+$/) as string) : name;

    const fetchFrom = async (reference: string, limit: number): Promise<AttachmentOutcome | undefined> =>
      setup().carrier.attachments?.fetchAttachment(reference, limit);

    test('are named in their order, and fetched byte for byte', async ({ skip }) => {
      const protocol = ofProtocols(skip, 'MMS', 'WhatsApp');
      const text = { name: 'a.txt', mimeType: 'text/plain', bytes: Buffer.from('ä'.repeat(100_000)) };
      // If a message can have only one attachment, they come in two messages.
      const together = setup().inbound?.attachmentsPerMessage === 1 ? [[png], [text]] : [[png, text]];
      for (const files of together) {
        const message = messageFrom(protocol, { attachments: files });
        await setup().inbound?.write(message);
        const { content, attachments } = await firstEventOf(message);
        expect(content).toBe(message.content);
        expect(attachments.map(({ name, mimeType }) => ({ name, mimeType }))).toEqual(
          files.map(({ name, mimeType }) => ({ name: nameOf(name), mimeType })),
        );
        for (const [index, { bytes, mimeType }] of files.entries()) {
          const outcome = await fetchFrom(attachments[index]?.reference ?? '', 200_000);
          expect(outcome).toEqual({ outcome: 'fetched', bytes, mimeType });
        }
      }
    });

    test('may be as large as the limit, and not one byte larger', async ({ skip }) => {
      const { reference } = await announced('photo.png', skip);
      expect(await fetchFrom(reference, png.bytes.length)).toMatchObject({ outcome: 'fetched' });
      expect(await fetchFrom(reference, png.bytes.length - 1)).toEqual(failed);
    });

    test('that are lost fail for good', async ({ skip }) => {
      const { reference } = await announced(attachmentName('lost', skip), skip);
      expect(await fetchFrom(reference, 1000)).toEqual(failed);
    });

    test('that are not available yet are to be fetched again', async ({ skip }) => {
      const { reference } = await announced(attachmentName('unavailable', skip), skip);
      expect(await fetchFrom(reference, 1000)).toEqual(retry);
      expect(await fetchFrom(reference, 1000)).toEqual(retry);
    });

    test('can’t be fetched without the credentials', async ({ skip }) => {
      const { reference } = await announced('photo.png', skip);
      expect(await setup().unauthorised.attachments?.fetchAttachment(reference, 1000)).toEqual(retry);
    });

    describe('if the carrier fails', () => {
      const fetchAt = async (url: string, skip: Skip, timeoutMs = 10_000): Promise<AttachmentOutcome> => {
        const { attachments } = setup().connect({ url, timeoutMs });
        return (attachments ?? skip('the carrier receives no attachments')).fetchAttachment('a', 1000);
      };

      test.for([500, 503, 429, 401, 403])('it answers %i: another try', async (status, { skip }) => {
        expect(await fetchAt(await startFaultyNetwork(answering(status, '{}')), skip)).toEqual(retry);
      });

      test.for([404, 410])('it answers %i: failed', async (status, { skip }) => {
        expect(await fetchAt(await startFaultyNetwork(answering(status, '{}')), skip)).toEqual(failed);
      });

      test('nobody listens: another try', async ({ skip }) => {
        expect(await fetchAt(await addressOfNobody(), skip)).toEqual(retry);
      });

      test('it never answers: another try', async ({ skip }) => {
        expect(await fetchAt(await startFaultyNetwork(() => {}), skip, 200)).toEqual(retry);
      });

      test('it hangs up in the middle of the bytes: another try', async ({ skip }) => {
        const url = await startFaultyNetwork((_, response) => {
          response.writeHead(200, { 'content-length': '100', 'content-type': 'image/png' });
          response.write('only the start', () => response.destroy());
        });
        expect(await fetchAt(url, skip)).toEqual(retry);
      });
    });
  });
}
