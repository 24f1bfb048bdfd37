import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Carrier, WebhookRequest } from '../../src/carriers/carrier.ts';
import type { DeliveryReport, OutboundBatch, OutboundRecipient, SendOutcome } from '../../src/messages/index.ts';
import { eventually } from '../support/eventually.ts';
import { addressOfNobody, answering, startFaultyNetwork } from '../support/faulty-network.ts';
import { storedTemplate } from '../support/templates.ts';
import { inboundContract } from './inbound.contract.ts';
import type { InboundSetup } from './inbound.contract.ts';

/** An adapter wired to a network that works, and the means to look at that network. */
export interface CarrierSetup {
  carrier: Carrier;
  /** The same adapter, reaching its carrier at another address. */
  connect(options: { url: string; timeoutMs: number }): Carrier;
  /** The same adapter with credentials that the network refuses. */
  unauthorised: Carrier;
  /** Numbers (digits) with which the network does the same thing every time. */
  addresses: { delivered: string; undelivered: string; expired: string; rejected: string; throttledOnce: string };
  /** What a phone (digits) received, oldest first. */
  received(address: string): Promise<{ content: string; sender: string }[]>;
  /** Every webhook call that the network made so far. */
  calls(): readonly WebhookRequest[];
  /** A call with this body, signed as the network signs. */
  sign(body: string): WebhookRequest;
  /** What phones can send through this network; absent where they can send nothing. */
  inbound?: InboundSetup;
  stop(): Promise<void>;
}

let nextMessage = 0;

/** A batch of its own message, one recipient for each address. */
function batchTo(...addresses: string[]): OutboundBatch {
  nextMessage += 1;
  const messageId = `m${nextMessage}`;
  const recipients = addresses.map((address, index): OutboundRecipient => ({
    recipientId: `${messageId}-${index}`,
    address,
    content: `Hyvää päivää ${messageId}-${index} 😀`,
    parts: 1,
  }));
  return { messageId, sender: 'Example', protocol: 'SMS', recipients };
}

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

    const reportsOf = (recipientId: string): DeliveryReport[] =>
      the
        .calls()
        .flatMap((call) => the.carrier.receive(call).reports)
        .filter((report) => report.recipientId === recipientId);

    describe('capabilities', () => {
      test('name at least one protocol and a batch size of 1 to 100', () => {
        const { protocols, batchSize } = the.carrier.capabilities;
        expect(protocols.length).toBeGreaterThan(0);
        expect(batchSize).toBeGreaterThanOrEqual(1);
        expect(batchSize).toBeLessThanOrEqual(100);
      });
    });

    describe('send', () => {
      test('takes a message to the phone as it was written', async () => {
        const batch = batchTo(the.addresses.delivered);
        expect(await the.carrier.send(batch)).toMatchObject([
          { outcome: 'sent', carrierReference: expect.stringMatching(/\S/) as string },
        ]);
        const content = batch.recipients[0]?.content;
        const received = await the.received(the.addresses.delivered);
        expect(received.filter((message) => message.content === content)).toEqual([{ content, sender: 'Example' }]);
      });

      test('answers for each recipient, in order', async () => {
        const { delivered, rejected } = the.addresses;
        const batch = batchTo(delivered, rejected, delivered, rejected);
        const outcomes = await the.carrier.send(batch);
        expect(outcomes).toMatchObject([
          { outcome: 'sent', carrierReference: expect.any(String) as string },
          failed('rejected'),
          { outcome: 'sent', carrierReference: expect.any(String) as string },
          failed('rejected'),
        ]);
        expect(await the.received(rejected)).toEqual([]);
      });

      test('takes a batch of the size it claims', async () => {
        const { batchSize } = the.carrier.capabilities;
        const addresses = Array.from({ length: batchSize }, () => the.addresses.delivered);
        const outcomes = await the.carrier.send(batchTo(...addresses));
        expect(outcomes.map(({ outcome }) => outcome)).toEqual(addresses.map(() => 'sent'));
      });

      test('asks for another attempt where the network throttles, and then gets through', async () => {
        const batch = batchTo(the.addresses.throttledOnce);
        expect(await the.carrier.send(batch)).toMatchObject([failed('retry')]);
        expect(await the.carrier.send(batch)).toMatchObject([
          { outcome: 'sent', carrierReference: expect.any(String) as string },
        ]);
      });

      test('recognises a batch it has seen, where it says so', async ({ skip }) => {
        if (!the.carrier.capabilities.idempotent) skip();
        const batch = batchTo(the.addresses.delivered, the.addresses.rejected);
        const first = await the.carrier.send(batch);
        expect(await the.carrier.send(batch)).toMatchObject(first);
        const received = await the.received(the.addresses.delivered);
        expect(received.filter(({ content }) => content === batch.recipients[0]?.content)).toHaveLength(1);
      });

      test('takes a batch that it has seen for another one, where it says that it recognises none', async ({
        skip,
      }) => {
        if (the.carrier.capabilities.idempotent) skip();
        const batch = batchTo(the.addresses.delivered, the.addresses.rejected);
        const taken = [{ outcome: 'sent', carrierReference: expect.any(String) as string }, failed('rejected')];
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
        const inDoubt = () => failed(the.carrier.capabilities.idempotent ? 'retry' : 'unknown');

        test('nobody listens: another attempt', async () => {
          expect(await sendTo(await addressOfNobody())).toMatchObject([failed('retry'), failed('retry')]);
        });

        test.for([500, 502, 503, 429])('it answers %i: another attempt', async (status) => {
          const url = await startFaultyNetwork(answering(status, '{"message":"not now"}'));
          expect(await sendTo(url)).toMatchObject([failed('retry'), failed('retry')]);
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
          'it agrees but says nothing that makes sense (%s): unknown',
          async (body) => {
            const url = await startFaultyNetwork(answering(200, body));
            expect(await sendTo(url)).toMatchObject([failed('unknown'), failed('unknown')]);
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
      const submitted = { outcome: 'submitted', carrierReference: expect.stringMatching(/\S/) as string };
      const unavailable = { outcome: 'unavailable', reason: expect.stringMatching(/\S/) as string };

      test('takes a template, and brings back the verdict on it', async ({ skip }) => {
        const templates = the.carrier.templates ?? skip();
        const template = storedTemplate({ name: 'with_verdict', displayName: 'With verdict' });
        expect(await templates.submit(template)).toEqual(submitted);
        await eventually(() => {
          const news = the.calls().flatMap((call) => the.carrier.receive(call).templates);
          expect(news).toContainEqual({ identity: template.identity, name: 'with_verdict', status: 'approved' });
        });
      });

      test('recognises one that it has seen, and refuses another of its name', async ({ skip }) => {
        const templates = the.carrier.templates ?? skip();
        const template = storedTemplate({ name: 'seen', displayName: 'Seen' });
        const first = await templates.submit(template);
        expect(await templates.submit(template)).toEqual(first);
        expect(await templates.submit({ ...template, content: 'Another.' })).toEqual({
          outcome: 'refused',
          reason: expect.stringMatching(/\S/) as string,
        });
      });

      test.for([500, 503, 429, 401, 404])('when it answers %i: not available', async (status, { skip }) => {
        if (the.carrier.templates === undefined) skip();
        const url = await startFaultyNetwork(answering(status, '{"message":"not now"}'));
        const { templates } = the.connect({ url, timeoutMs: 10_000 });
        expect(await templates?.submit(storedTemplate())).toEqual(unavailable);
      });

      test('when it never answers: not available', async ({ skip }) => {
        if (the.carrier.templates === undefined) skip();
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
      ] as const)('brings back %s', async ([status, why]) => {
        const batch = batchTo(the.addresses[status]);
        const before = Date.now();
        await the.carrier.send(batch);
        const recipientId = batch.recipients[0]?.recipientId ?? '';
        const report = await eventually(() => {
          const found = reportsOf(recipientId).find((one) => one.status === status);
          expect(found).toBeDefined();
          return found;
        });
        expect(report).toEqual({ recipientId, status, ...why, at: expect.any(Date) as Date });
        // Whole seconds on the carrier's side may lie up to one before.
        expect(report?.at.getTime()).toBeGreaterThan(before - 1000);
      });

      test('refuses a call whose signature is missing, another one’s or cut short', async () => {
        await the.carrier.send(batchTo(the.addresses.delivered));
        const call = await eventually(() => {
          const made = the.calls().findLast((each) => the.carrier.receive(each).reports.length > 0);
          expect(made).toBeDefined();
          return made as WebhookRequest;
        });

        const refused = expect.objectContaining({ name: 'WebhookRefused', status: 401 }) as Error;
        const tampered = Buffer.concat([call.body, Buffer.from(' ')]);
        expect(() => the.carrier.receive({ ...call, body: tampered })).toThrow(refused);
        expect(() => the.carrier.receive({ ...call, body: new Uint8Array() })).toThrow(refused);
        expect(() => the.carrier.receive({ ...call, headers: new Map() })).toThrow(refused);
        for (const header of call.headers.keys()) {
          if (!/signature/i.test(header)) continue;
          const cut = new Map(call.headers).set(header, call.headers.get(header)?.slice(0, -2) ?? '');
          expect(() => the.carrier.receive({ ...call, headers: cut })).toThrow(refused);
        }
      });

      test.for(['', 'status=delivered', 'null', '7', '{'])('refuses a signed body that is none: %s', (body) => {
        expect(() => the.carrier.receive(the.sign(body))).toThrow(
          expect.objectContaining({ name: 'WebhookRefused', status: 400 }) as Error,
        );
      });
    });
  });
}
