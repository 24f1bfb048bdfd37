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

/** What the network does the same way each time, by the number (digits) that is written to. */
interface Addresses {
  delivered: string;
  undelivered?: string;
  expired?: string;
  /** Refused as soon as it is handed over. */
  rejected: string;
  throttledOnce?: string;
}

/** An adapter wired to a network that works, and the means to look at that network. */
export interface CarrierSetup {
  carrier: Carrier;
  /** How the suite sends through it, and as whom. */
  protocol: Protocol;
  sender: string;
  /** False where the carrier gives messages no ids of its own. */
  givesReferences?: boolean;
  /** False where templates are made elsewhere, and only listed here. */
  submitsTemplates?: boolean;
  /** The same adapter, reaching its carrier at another address. */
  connect(options: { url: string; timeoutMs: number }): Carrier;
  /** The same adapter with credentials that the network refuses. */
  unauthorised: Carrier;
  addresses: Addresses;
  /** What a phone (digits) received, oldest first. */
  received(address: string): Promise<{ content: string; sender: string; buttons?: string[] | undefined }[]>;
  /** Every webhook call that the network made so far. */
  calls(): readonly WebhookRequest[];
  /** Calls that nobody but the network can have made, by its signature or secret, and that make no sense. */
  senseless: readonly WebhookRequest[];
  /** What somebody makes of a genuine call who doesn't know the secret; each is to be refused. */
  forgeries(call: WebhookRequest): WebhookRequest[];
  /** What phones can send through this network; absent where they can send nothing. */
  inbound?: InboundSetup;
  stop(): Promise<void>;
}

let nextMessage = 0;

/** A batch of its own message, one recipient for each address. */
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

/** What every carrier promises the core, whatever its API looks like. `setup` is called once. */
export function carrierContract(name: string, setup: () => Promise<CarrierSetup>): void {
  describe(`carrier contract: ${name}`, () => {
    let the: CarrierSetup;
    beforeAll(async () => {
      the = await setup();
    });
    afterAll(() => the.stop());

    const batchTo = (...addresses: string[]): OutboundBatch => batchOf(the, addresses);
    /** Reports of a recipient so far, also those that name the carrier's own id of its message. */
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

      test('leave at most ten recipients in doubt, where a repeat is not recognised', () => {
        const { idempotent, batchSize } = the.carrier.capabilities;
        expect(idempotent || batchSize <= 10).toBe(true);
      });

      test('give rates of at least one message a minute', () => {
        for (const { perMinute } of the.carrier.capabilities.rates) expect(perMinute).toBeGreaterThanOrEqual(1);
      });
    });

    describe('send', () => {
      test('takes a message to the phone as it was written', async () => {
        const batch = batchTo(the.addresses.delivered);
        expect(await the.carrier.send(batch)).toMatchObject([sentBy(the)]);
        const content = batch.recipients[0]?.content;
        const received = await the.received(the.addresses.delivered);
        expect(received.filter((message) => message.content === content)).toEqual([{ content, sender: the.sender }]);
      });

      test('takes a text with buttons to the phone, where it says so', async ({ skip }) => {
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

      test('answers for each recipient, in order', async () => {
        const { delivered, rejected } = the.addresses;
        const batch = batchTo(delivered, rejected, delivered, rejected);
        const outcomes = await the.carrier.send(batch);
        expect(outcomes).toMatchObject([sentBy(the), failed('rejected'), sentBy(the), failed('rejected')]);
        expect(await the.received(rejected)).toEqual([]);
      });

      test('takes a batch of the size it claims', async () => {
        const { batchSize } = the.carrier.capabilities;
        const addresses = Array.from({ length: batchSize }, () => the.addresses.delivered);
        const outcomes = await the.carrier.send(batchTo(...addresses));
        expect(outcomes.map(({ outcome }) => outcome)).toEqual(addresses.map(() => 'sent'));
      });

      test('asks for another attempt where the network throttles, and then gets through', async ({ skip }) => {
        const batch = batchTo(the.addresses.throttledOnce ?? skip('no number of this network is throttled'));
        expect(await the.carrier.send(batch)).toMatchObject([{ ...failed('retry'), reason: 'throttled' }]);
        expect(await the.carrier.send(batch)).toMatchObject([sentBy(the)]);
      });

      test('recognises a batch it has seen, where it says so', async ({ skip }) => {
        skip(!the.carrier.capabilities.idempotent, 'this carrier recognises no repeats');
        const batch = batchTo(the.addresses.delivered, the.addresses.rejected);
        const first = await the.carrier.send(batch);
        expect(await the.carrier.send(batch)).toMatchObject(first);
        const received = await the.received(the.addresses.delivered);
        expect(received.filter(({ content }) => content === batch.recipients[0]?.content)).toHaveLength(1);
      });

      test('takes a batch that it has seen for another one, where it says that it recognises none', async ({
        skip,
      }) => {
        skip(the.carrier.capabilities.idempotent, 'this carrier recognises repeats');
        const batch = batchTo(the.addresses.delivered, the.addresses.rejected);
        const taken = [sentBy(the), failed('rejected')];
        expect(await the.carrier.send(batch)).toMatchObject(taken);
        expect(await the.carrier.send(batch)).toMatchObject(taken);
        const received = await the.received(the.addresses.delivered);
        expect(received.filter(({ content }) => content === batch.recipients[0]?.content)).toHaveLength(2);
      });

      describe('when the carrier is in trouble', () => {
        const twoRecipients = () => batchTo(the.addresses.delivered, the.addresses.delivered);
        const sendTo = (url: string, timeoutMs = 10_000): Promise<SendOutcome[]> =>
          the.connect({ url, timeoutMs }).send(twoRecipients());
        /** What an attempt in doubt comes to: harmless to repeat, or not. */
        const inDoubt = () =>
          the.carrier.capabilities.idempotent ? { ...failed('retry'), mayHaveArrived: true } : failed('unknown');

        test('nobody listens: another attempt', async () => {
          expect(await sendTo(await addressOfNobody())).toMatchObject([failed('retry'), failed('retry')]);
        });

        test.for([
          [503, 'carrierUnavailable'],
          [429, 'throttled'],
        ] as const)('it answers %i: another attempt, %s', async ([status, reason]) => {
          const url = await startFaultyNetwork(answering(status, '{"message":"not now"}'));
          const again = { ...failed('retry'), reason };
          expect(await sendTo(url)).toMatchObject([again, again]);
        });

        test('it says when to ask again: that is passed on', async () => {
          const url = await startFaultyNetwork((request, response) => {
            request.resume().once('end', () => response.writeHead(429, { 'retry-after': '17' }).end('{}'));
          });
          const again = { ...failed('retry'), retryAfterSeconds: 17 };
          expect(await sendTo(url)).toMatchObject([again, again]);
        });

        test.for([500, 502, 504])('it breaks down with %i: in doubt', async (status) => {
          const url = await startFaultyNetwork(answering(status, '{"message":"not now"}'));
          expect(await sendTo(url)).toMatchObject([inDoubt(), inDoubt()]);
        });

        test('it answers with a redirect: not followed, since that would carry credentials elsewhere', async () => {
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

        test('it never answers: in doubt', async () => {
          const url = await startFaultyNetwork(() => {});
          expect(await sendTo(url, 200)).toMatchObject([inDoubt(), inDoubt()]);
        });

        test('it hangs up after it has read the call: in doubt', async () => {
          const url = await startFaultyNetwork((request) => {
            request.resume().once('end', () => request.socket.destroy());
          });
          expect(await sendTo(url)).toMatchObject([inDoubt(), inDoubt()]);
        });

        test('it hangs up in the middle of its answer: in doubt', async () => {
          const url = await startFaultyNetwork((request, response) => {
            request.resume().once('end', () => {
              response.writeHead(200, { 'content-length': '1000' });
              response.write('{"results":', () => response.destroy());
            });
          });
          expect(await sendTo(url)).toMatchObject([inDoubt(), inDoubt()]);
        });

        test.for(['', 'OK', 'null', '[]', '{}', '{"results":{}}', '{"results":[null,7,"x",{}]}'])(
          'it agrees but says nothing that makes sense (%s): in doubt',
          async (body) => {
            const url = await startFaultyNetwork(answering(200, body));
            expect(await sendTo(url)).toMatchObject([inDoubt(), inDoubt()]);
          },
        );

        test('it refuses the credentials: another attempt, once an operator has mended them', async () => {
          expect(await the.unauthorised.send(twoRecipients())).toMatchObject([failed('retry'), failed('retry')]);
        });

        test('it is not the carrier at all: another attempt, once an operator has mended the address', async () => {
          const url = await startFaultyNetwork(answering(404, '<html>'));
          expect(await sendTo(url)).toMatchObject([failed('retry'), failed('retry')]);
        });
      });
    });

    inboundContract(() => the);

    describe('templates, where it manages them', () => {
      const managed = () => (the.submitsTemplates === false ? undefined : the.carrier.templates);
      const managesNone = 'no templates are made through this carrier';
      const submitted = { outcome: 'submitted', carrierReference: expect.stringMatching(/\S/) as string };
      const unavailable = { outcome: 'unavailable', reason: expect.stringMatching(/\S/) as string };

      test('refuses every template, where they are made elsewhere', async ({ skip }) => {
        skip(the.submitsTemplates !== false, 'templates are not made elsewhere');
        const outcome = await the.carrier.templates?.submit(storedTemplate());
        expect(outcome).toEqual({ outcome: 'refused', reason: expect.stringMatching(/\S/) as string });
      });

      test('takes a template, and brings back the verdict on it', async ({ skip }) => {
        const templates = managed() ?? skip(managesNone);
        const template = storedTemplate({ name: 'with_verdict', displayName: 'With verdict' });
        expect(await templates.submit(template)).toEqual(submitted);
        await eventually(async () => {
          const events = await Promise.all(the.calls().map((call) => the.carrier.receive(call)));
          const news = events.flatMap(({ templates }) => templates);
          // Some networks name the language, too.
          const { identity, name, language } = template;
          const verdicts = news.filter((each) => each.name === name);
          expect(verdicts.map(({ language: told = language, ...rest }) => ({ ...rest, language: told }))).toEqual([
            { identity, name, language, status: 'approved' },
          ]);
        });
      });

      test('recognises one that it has seen, and refuses another of its name', async ({ skip }) => {
        const templates = managed() ?? skip(managesNone);
        const template = storedTemplate({ name: 'seen', displayName: 'Seen' });
        const first = await templates.submit(template);
        // The carrier may have come to a verdict meanwhile.
        expect(await templates.submit(template)).toMatchObject(first);
        expect(await templates.submit({ ...template, content: 'Another.' })).toEqual({
          outcome: 'refused',
          reason: expect.stringMatching(/\S/) as string,
        });
      });

      test.for([500, 503, 429, 401, 404])('when it answers %i: not available', async (status, { skip }) => {
        skip(managed() === undefined, managesNone);
        const url = await startFaultyNetwork(answering(status, '{"message":"not now"}'));
        const { templates } = the.connect({ url, timeoutMs: 10_000 });
        expect(await templates?.submit(storedTemplate())).toEqual(unavailable);
      });

      test('when it never answers: not available', async ({ skip }) => {
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
      ] as const)('brings back %s', async ([status, why], { skip }) => {
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
        // Whole seconds on the carrier's side may lie up to one before.
        expect(report?.at.getTime()).toBeGreaterThan(before - 1000);
      });

      const refused = (status: number): Error => expect.objectContaining({ name: 'WebhookRefused', status }) as Error;

      test('refuses a call that somebody else could have made', async () => {
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

      test('refuses a genuine call that makes no sense', async () => {
        expect(the.senseless.length).toBeGreaterThan(0);
        for (const call of the.senseless) await expect(the.carrier.receive(call)).rejects.toThrow(refused(400));
      });
    });
  });
}
