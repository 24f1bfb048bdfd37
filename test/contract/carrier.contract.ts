import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Carrier, WebhookRequest } from '../../src/carriers/carrier.ts';
import { recipientId } from '../../src/messages/index.ts';
import type {
  DeliveryReport,
  OutboundBatch,
  OutboundRecipient,
  Protocol,
  ReferencedReport,
  SendOutcome,
} from '../../src/messages/index.ts';
import { eventually } from '../support/tools/eventually.ts';
import { addressOfNobody, answering, startFaultyNetwork } from '../support/servers/faulty-network.ts';
import { storedTemplate } from '../support/samples/templates.ts';
import { inboundContract } from './carrier-inbound.contract.ts';
import type { InboundSetup } from './carrier-inbound.contract.ts';

/** Numbers (digits) to which the network always reacts in the same way. */
interface Addresses {
  delivered: string;
  undelivered?: string;
  expired?: string;
  /** Refused at submission. */
  rejected: string;
  throttledOnce?: string;
}

/** An adapter connected to a working network, with access to that network. */
export interface CarrierSetup {
  carrier: Carrier;
  /** The protocol and sender that the tests use. */
  protocol: Protocol;
  sender: string;
  /** Whether the carrier gives messages ids of its own. Default: true. */
  givesReferences?: boolean;
  /** Whether templates can be submitted; otherwise they are only listed. Default: true. */
  submitsTemplates?: boolean;
  /** Makes the same adapter for a carrier at another address. */
  connect(options: { url: string; timeoutMs: number }): Carrier;
  /** The same adapter with credentials that the network refuses. */
  unauthorised: Carrier;
  addresses: Addresses;
  /** What a phone (digits) received, oldest first. */
  received(address: string): Promise<{ content: string; sender: string; buttons?: string[] | undefined }[]>;
  /** All webhook calls that the network has made. */
  calls(): readonly WebhookRequest[];
  /** Malformed calls with a valid signature or secret. */
  senseless: readonly WebhookRequest[];
  /** Makes forged variants of a genuine call, without the secret. The carrier must refuse each. */
  forgeries(call: WebhookRequest): WebhookRequest[];
  /** What phones can send through this network; absent if they can send nothing. */
  inbound?: InboundSetup;
  stop(): Promise<void>;
}

let nextMessage = 0;

/** Makes a batch of a new message, with one recipient for each address. */
function batchOf({ protocol, sender }: CarrierSetup, addresses: readonly string[]): OutboundBatch {
  nextMessage += 1;
  const messageId = nextMessage.toString(16).padStart(32, '0');
  const recipients = addresses.map((address, index): OutboundRecipient => ({
    recipientId: recipientId({ messageId, chunk: 0, recipientIndex: index }),
    address,
    content: `Hyvää päivää ${nextMessage}-${index} 😀`,
    parts: 1,
  }));
  return { messageId, sender, protocol, attemptedAt: new Date(), recipients };
}

const sentBy = ({ givesReferences = true }: CarrierSetup) => ({
  outcome: 'sent',
  ...(givesReferences ? { carrierReference: expect.stringMatching(/\S/) as string } : {}),
});

const failed = (outcome: 'rejected' | 'retry' | 'unknown') => ({
  outcome,
  code: expect.stringMatching(/^\w+$/) as string,
  message: expect.stringMatching(/\S/) as string,
});

/** The tests that every carrier must pass, whatever its API. Calls `setup` once. */
export function carrierContract(name: string, setup: () => Promise<CarrierSetup>): void {
  describe(`carrier contract: ${name}`, () => {
    let the: CarrierSetup;
    beforeAll(async () => {
      the = await setup();
    });
    afterAll(() => the.stop());

    const batchTo = (...addresses: string[]): OutboundBatch => batchOf(the, addresses);
    /** All reports on a recipient, including those that name only the carrier's own id of the message. */
    const reportsOf = async (
      recipientId: string,
      reference: string,
    ): Promise<(DeliveryReport | ReferencedReport)[]> => {
      const events = await Promise.all(the.calls().map((call) => the.carrier.receive(call)));
      return events.flatMap(({ reports, referenced = [] }) => [
        ...reports.filter((each) => each.recipientId === recipientId),
        ...referenced.filter((each) => each.reference === reference),
      ]);
    };

    describe('capabilities', () => {
      test('name at least one protocol and a batch size of 1 to 100', () => {
        const { protocols, batchSize, senderKinds } = the.carrier.capabilities;
        expect(protocols.length).toBeGreaterThan(0);
        expect(batchSize).toBeGreaterThanOrEqual(1);
        expect(batchSize).toBeLessThanOrEqual(100);
        expect(senderKinds.length > 0).toBe(protocols.includes('SMS'));
      });

      test('limit a batch to ten recipients if the carrier is non-idempotent, since all of them may be in doubt', () => {
        const { idempotent, batchSize } = the.carrier.capabilities;
        expect(idempotent || batchSize <= 10).toBe(true);
      });

      test('give rates of at least one message a minute', () => {
        for (const { perMinute } of the.carrier.capabilities.rates) expect(perMinute).toBeGreaterThanOrEqual(1);
      });
    });

    describe('send', () => {
      test('delivers a message to the phone unchanged', async () => {
        const batch = batchTo(the.addresses.delivered);
        expect(await the.carrier.send(batch)).toMatchObject([sentBy(the)]);
        const content = batch.recipients[0]?.content;
        const received = await the.received(the.addresses.delivered);
        expect(received.filter((message) => message.content === content)).toEqual([{ content, sender: the.sender }]);
      });

      test('delivers a text with buttons, if the capabilities say so', async ({ skip }) => {
        skip(!the.carrier.capabilities.sendsButtons, 'this carrier sends no buttons');
        const buttons = ['Kyllä 👍', 'x'.repeat(20), '"Ei" & <b>'];
        const batch: OutboundBatch = { ...batchTo(the.addresses.delivered), protocol: 'WhatsApp', buttons };
        expect(await the.carrier.send(batch)).toMatchObject([sentBy(the)]);
        const content = batch.recipients[0]?.content;
        const received = await the.received(the.addresses.delivered);
        expect(received.filter((message) => message.content === content)).toEqual([
          { content, sender: the.sender, buttons },
        ]);
      });

      test('returns one outcome for each recipient, in order', async () => {
        const { delivered, rejected } = the.addresses;
        const batch = batchTo(delivered, rejected, delivered, rejected);
        const outcomes = await the.carrier.send(batch);
        expect(outcomes).toMatchObject([sentBy(the), failed('rejected'), sentBy(the), failed('rejected')]);
        expect(await the.received(rejected)).toEqual([]);
      });

      test('accepts a batch of the maximum size', async () => {
        const { batchSize } = the.carrier.capabilities;
        const addresses = Array.from({ length: batchSize }, () => the.addresses.delivered);
        const outcomes = await the.carrier.send(batchTo(...addresses));
        expect(outcomes.map(({ outcome }) => outcome)).toEqual(addresses.map(() => 'sent'));
      });

      test('returns retry if the network throttles, and the next attempt succeeds', async ({ skip }) => {
        const batch = batchTo(the.addresses.throttledOnce ?? skip('no number of this network is throttled'));
        expect(await the.carrier.send(batch)).toMatchObject([{ ...failed('retry'), reason: 'throttled' }]);
        expect(await the.carrier.send(batch)).toMatchObject([sentBy(the)]);
      });

      test('recognises a repeated batch, if the carrier is idempotent', async ({ skip }) => {
        skip(!the.carrier.capabilities.idempotent, 'this carrier recognises no repeats');
        const batch = batchTo(the.addresses.delivered, the.addresses.rejected);
        const first = await the.carrier.send(batch);
        expect(await the.carrier.send(batch)).toMatchObject(first);
        const received = await the.received(the.addresses.delivered);
        expect(received.filter(({ content }) => content === batch.recipients[0]?.content)).toHaveLength(1);
      });

      test('sends a repeated batch again, if the carrier is non-idempotent', async ({ skip }) => {
        skip(the.carrier.capabilities.idempotent, 'this carrier recognises repeats');
        const batch = batchTo(the.addresses.delivered, the.addresses.rejected);
        const taken = [sentBy(the), failed('rejected')];
        expect(await the.carrier.send(batch)).toMatchObject(taken);
        expect(await the.carrier.send(batch)).toMatchObject(taken);
        const received = await the.received(the.addresses.delivered);
        expect(received.filter(({ content }) => content === batch.recipients[0]?.content)).toHaveLength(2);
      });

      describe('when a call fails', () => {
        const twoRecipients = () => batchTo(the.addresses.delivered, the.addresses.delivered);
        const sendTo = (url: string, timeoutMs = 10_000): Promise<SendOutcome[]> =>
          the.connect({ url, timeoutMs }).send(twoRecipients());
        /** The outcome of an attempt in doubt: safe to repeat, or not. */
        const inDoubt = () =>
          the.carrier.capabilities.idempotent ? { ...failed('retry'), mayHaveArrived: true } : failed('unknown');

        test('nobody listens: retry', async () => {
          expect(await sendTo(await addressOfNobody())).toMatchObject([failed('retry'), failed('retry')]);
        });

        test.for([
          [503, 'carrierUnavailable'],
          [429, 'throttled'],
        ] as const)('the carrier answers %i: retry, %s', async ([status, reason]) => {
          const url = await startFaultyNetwork(answering(status, '{"message":"not now"}'));
          const again = { ...failed('retry'), reason };
          expect(await sendTo(url)).toMatchObject([again, again]);
        });

        test('the carrier sends Retry-After: retry with retryAfterSeconds', async () => {
          const url = await startFaultyNetwork((request, response) => {
            request.resume().once('end', () => response.writeHead(429, { 'retry-after': '17' }).end('{}'));
          });
          const again = { ...failed('retry'), retryAfterSeconds: 17 };
          expect(await sendTo(url)).toMatchObject([again, again]);
        });

        test.for([500, 502, 504])('the carrier answers %i: in doubt', async (status) => {
          const url = await startFaultyNetwork(answering(status, '{"message":"not now"}'));
          expect(await sendTo(url)).toMatchObject([inDoubt(), inDoubt()]);
        });

        test('the carrier redirects: not followed, since that would send credentials to another host', async () => {
          const elsewhere: string[] = [];
          const other = await startFaultyNetwork((request, response) => {
            elsewhere.push(request.url ?? '');
            response.writeHead(200).end('{}');
          });
          const url = await startFaultyNetwork((request, response) => {
            request.resume().once('end', () => response.writeHead(307, { location: other }).end());
          });
          expect(await sendTo(url)).toMatchObject([failed('retry'), failed('retry')]);
          expect(elsewhere).toEqual([]);
        });

        test('the carrier never answers: in doubt', async () => {
          const url = await startFaultyNetwork(() => {});
          expect(await sendTo(url, 200)).toMatchObject([inDoubt(), inDoubt()]);
        });

        test('the carrier closes the connection after it has read the call: in doubt', async () => {
          const url = await startFaultyNetwork((request) => {
            request.resume().once('end', () => request.socket.destroy());
          });
          expect(await sendTo(url)).toMatchObject([inDoubt(), inDoubt()]);
        });

        test('the carrier closes the connection in the middle of its answer: in doubt', async () => {
          const url = await startFaultyNetwork((request, response) => {
            request.resume().once('end', () => {
              response.writeHead(200, { 'content-length': '1000' });
              response.write('{"results":', () => response.destroy());
            });
          });
          expect(await sendTo(url)).toMatchObject([inDoubt(), inDoubt()]);
        });

        test.for(['', 'OK', 'null', '[]', '{}', '{"results":{}}', '{"results":[null,7,"x",{}]}'])(
          'the carrier answers 200 with a malformed body (%s): in doubt',
          async (body) => {
            const url = await startFaultyNetwork(answering(200, body));
            expect(await sendTo(url)).toMatchObject([inDoubt(), inDoubt()]);
          },
        );

        test('the carrier refuses the credentials: retry, since an operator can fix them', async () => {
          expect(await the.unauthorised.send(twoRecipients())).toMatchObject([failed('retry'), failed('retry')]);
        });

        test('the address is not the carrier: retry, since an operator can fix it', async () => {
          const url = await startFaultyNetwork(answering(404, '<html>'));
          expect(await sendTo(url)).toMatchObject([failed('retry'), failed('retry')]);
        });
      });
    });

    inboundContract(() => the);

    describe('templates', () => {
      const managed = () => (the.submitsTemplates === false ? undefined : the.carrier.templates);
      const managesNone = 'no templates are made through this carrier';
      const submitted = { outcome: 'submitted', carrierReference: expect.stringMatching(/\S/) as string };
      const unavailable = { outcome: 'unavailable', reason: expect.stringMatching(/\S/) as string };

      test('refuses every template, if the carrier has no submission', async ({ skip }) => {
        skip(the.submitsTemplates !== false, 'templates are not made elsewhere');
        const outcome = await the.carrier.templates?.submit(storedTemplate());
        expect(outcome).toEqual({ outcome: 'refused', reason: expect.stringMatching(/\S/) as string });
      });

      test('submits a template, and receives its status update', async ({ skip }) => {
        const templates = managed() ?? skip(managesNone);
        const template = storedTemplate({ name: 'with_update', displayName: 'With update' });
        expect(await templates.submit(template)).toEqual(submitted);
        await eventually(async () => {
          const events = await Promise.all(the.calls().map((call) => the.carrier.receive(call)));
          const updates = events.flatMap(({ templates }) => templates);
          // Only some networks name the language.
          const { identity, name, language } = template;
          const ours = updates.filter((each) => each.name === name);
          expect(ours.map(({ language: named = language, ...rest }) => ({ ...rest, language: named }))).toEqual([
            { identity, name, language, status: 'approved' },
          ]);
        });
      });

      test('recognises a repeated template, and refuses a different one with the same name', async ({ skip }) => {
        const templates = managed() ?? skip(managesNone);
        const template = storedTemplate({ name: 'seen', displayName: 'Seen' });
        const first = await templates.submit(template);
        // The carrier may have decided on the template meanwhile.
        expect(await templates.submit(template)).toMatchObject(first);
        expect(await templates.submit({ ...template, content: 'Another.' })).toEqual({
          outcome: 'refused',
          reason: expect.stringMatching(/\S/) as string,
        });
      });

      test.for([500, 503, 429, 401, 404])('is unavailable if the carrier answers %i', async (status, { skip }) => {
        skip(managed() === undefined, managesNone);
        const url = await startFaultyNetwork(answering(status, '{"message":"not now"}'));
        const { templates } = the.connect({ url, timeoutMs: 10_000 });
        expect(await templates?.submit(storedTemplate())).toEqual(unavailable);
      });

      test('is unavailable if the carrier never answers', async ({ skip }) => {
        skip(managed() === undefined, managesNone);
        const { templates } = the.connect({ url: await startFaultyNetwork(() => {}), timeoutMs: 200 });
        expect(await templates?.submit(storedTemplate())).toEqual(unavailable);
      });
    });

    describe('receive', () => {
      const text = expect.any(String) as string;
      const reason = { code: text, message: text, reason: text };
      test.for([
        ['delivered', {}],
        ['undelivered', reason],
        ['expired', reason],
      ] as const)('returns the report: %s', async ([status, why], { skip }) => {
        const batch = batchTo(the.addresses[status] ?? skip(`no message of this network ends as ${status}`));
        const before = Date.now();
        const [outcome] = await the.carrier.send(batch);
        const reference = outcome?.outcome === 'sent' ? (outcome.carrierReference ?? '') : '';
        const report = await eventually(async () => {
          const reports = await reportsOf(batch.recipients[0]?.recipientId ?? '', reference);
          const found = reports.find((one) => one.status === status);
          expect(found).toBeDefined();
          return found;
        });
        const about = 'reference' in (report ?? {}) ? { reference } : { recipientId: batch.recipients[0]?.recipientId };
        expect(report).toEqual({ ...about, status, ...why, at: expect.any(Date) as Date });
        // The carrier's time may be in whole seconds, and so up to one second earlier.
        expect(report?.at.getTime()).toBeGreaterThan(before - 1000);
      });

      const refused = (status: number): Error => expect.objectContaining({ name: 'WebhookRefused', status }) as Error;

      test('refuses forged calls', async () => {
        await the.carrier.send(batchTo(the.addresses.delivered));
        const call = await eventually(async () => {
          const [made] = the.calls();
          expect(made).toBeDefined();
          return made as WebhookRequest;
        });
        await the.carrier.receive(call);
        const forgeries = the.forgeries(call);
        expect(forgeries.length).toBeGreaterThan(0);
        for (const forgery of forgeries) await expect(the.carrier.receive(forgery)).rejects.toThrow(refused(401));
      });

      test('refuses malformed calls with a valid signature', async () => {
        expect(the.senseless.length).toBeGreaterThan(0);
        for (const call of the.senseless) await expect(the.carrier.receive(call)).rejects.toThrow(refused(400));
      });
    });
  });
}
