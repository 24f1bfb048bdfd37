import { beforeAll, describe, expect, test } from 'vitest';

import type { ErrorBody } from '../../../src/operation/errors.ts';
import { signedAnew, subscribe, subscribing, unsubscribe } from '../../support/servers/flow-server.ts';
import type { Flow, Registration } from '../../support/servers/flow-server.ts';
import { phone } from '../../support/hosts/two-way-host.ts';
import type { Line, TwoWayHost } from '../../support/hosts/two-way-host.ts';

let local: TwoWayHost;

const sends = (flow: Flow, line: Line): Promise<Registration> => subscribe(local.api, line.service, flow);
const contentsOf = (flow: Flow): string[] => flow.notifications().map(({ content }) => content);

/** Plays an inbound message and waits until all subscribers were called; resolves to how many, with the witness. */
async function tellAll({ address }: Line, witness: Flow, content: string): Promise<number> {
  await local.play({ recipient: address, content });
  return local.subscribersTold((await witness.notified(content)).messageId);
}

/** Tests flows that are turned on, off and on again as by their runtime. `host` is called when the tests run. */
export function testSubscriptions(host: () => TwoWayHost): void {
  describe.concurrent('subscribing and unsubscribing', () => {
    beforeAll(() => {
      local = host();
    });

    test('a flow is called with what its trigger declares, at exactly its address, until it is turned off', async () => {
      const line = local.newLine();
      const [flow, witness] = [local.flows.flow(), local.flows.flow()];
      const answer = await local.api.call(
        ...subscribing(line.service, { callbackUrl: flow.callbackUrl, httpVerb: 'PUT' }),
      );
      expect([answer.status, answer.body]).toEqual([201, { id: expect.stringMatching(/^[0-9a-f]{64}$/) as string }]);
      const { id } = answer.body as { id: string };
      const location = answer.headers.get('location') ?? '';
      expect(location.replace(/\/pipelines\/[0-9a-f]{32}\//, '/pipelines/{id}/')).toBe(
        `${local.host.baseUrl}/pipelines/{id}/actions/${id}`,
      );
      await sends(witness, line);

      const before = Date.now();
      expect(await tellAll(line, witness, 'Hyvää päivää €')).toBe(2);
      const [call] = flow.calls;
      expect([call?.method, call?.path, call?.headers.get('content-type')]).toEqual([
        'PUT',
        flow.callbackUrl.slice(new URL(flow.callbackUrl).origin.length),
        'application/json',
      ]);
      expect(call?.path).toContain('%2Ftriggers%2F');
      expect(flow.notifications()).toEqual([
        {
          sender: phone,
          recipient: line.address,
          content: 'Hyvää päivää €',
          timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
          protocol: 'SMS',
          attachments: [],
          messageId: expect.stringMatching(/^i[0-9a-f]{40}$/) as string,
          threadId: expect.stringMatching(/^[0-9a-f]{44}$/) as string,
          serviceId: line.service,
          customerId: 'demo',
        },
      ]);
      const at = Date.parse(String(flow.notifications()[0]?.['timestamp']));
      expect([at >= before, at <= Date.now()]).toEqual([true, true]);

      expect(await unsubscribe({ location }, local.api.token)).toBe(204);
      expect(await tellAll(line, witness, 'turned off')).toBe(1);
      expect(flow.calls).toHaveLength(1);
    });

    test('a flow that subscribes twice is called once, and only its second registration can be removed', async () => {
      const line = local.newLine();
      const [flow, witness] = [local.flows.flow(), local.flows.flow()];
      await sends(witness, line);
      const first = await sends(flow, line);
      const second = await sends({ ...flow, callbackUrl: signedAnew(flow.callbackUrl) }, line);
      const third = await sends({ ...flow, callbackUrl: signedAnew(flow.callbackUrl) }, line);
      expect(new Set([first.id, second.id, third.id]).size).toBe(3);
      expect(await tellAll(line, witness, 'once')).toBe(2);
      const { callbackUrl } = flow;
      expect([await unsubscribe(first, local.api.token), await unsubscribe(second, local.api.token)]).toEqual([
        204, 204,
      ]);
      expect(await tellAll(line, witness, 'still there')).toBe(2);
      expect(contentsOf(flow)).toEqual(['once', 'still there']);
      // Only the signature of the last registration is valid.
      expect(callbackUrl.endsWith(flow.calls[0]?.path ?? '')).toBe(false);
      expect(await unsubscribe(third, local.api.token)).toBe(204);
      expect(await tellAll(line, witness, 'gone')).toBe(1);
      expect(contentsOf(flow)).toEqual(['once', 'still there']);
    });

    test('a flow that is saved again subscribes before it removes its old address, twice', async () => {
      const line = local.newLine();
      const [old, saved] = [local.flows.flow(), local.flows.flow()];
      const first = await sends(old, line);
      expect(await tellAll(line, old, 'before')).toBe(1);
      await sends(saved, line);
      expect([await unsubscribe(first, local.api.token), await unsubscribe(first, local.api.token)]).toEqual([
        204, 204,
      ]);
      expect(await tellAll(line, saved, 'after')).toBe(1);
      expect([contentsOf(old), contentsOf(saved)]).toEqual([['before'], ['after']]);
    });

    test('a registration is removed without a token, but not by another customer, nor with another id', async () => {
      const line = local.newLine();
      const [flow, witness] = [local.flows.flow(), local.flows.flow()];
      await sends(witness, line);
      const { id, location } = await sends(flow, line);
      const otherDigit = (text: string, place: number): string =>
        text.slice(0, place) + (text[place] === '0' ? '1' : '0') + text.slice(place + 1);
      const pipeline = location.slice(0, -`/actions/${id}`.length);
      for (const [guess, token] of [
        [location, local.other.token],
        [`${pipeline}/actions/${otherDigit(id, 0)}`, undefined],
        [`${pipeline}/actions/${otherDigit(id, 63)}`, local.api.token],
        [`${pipeline}/actions/${id.slice(0, 32)}`, local.api.token],
        [`${pipeline}/actions/..%2F..`, local.api.token],
        [`${pipeline.slice(0, -32)}${'0'.repeat(32)}/actions/${id}`, local.api.token],
        [`${pipeline.slice(0, -32)}x'y/actions/${id}`, undefined],
      ] as const) {
        expect([guess, await unsubscribe({ location: guess }, token)]).toEqual([guess, 204]);
      }
      expect(await tellAll(line, witness, 'still there')).toBe(2);
      expect(await unsubscribe({ location })).toBe(204);
      expect(await tellAll(line, witness, 'gone')).toBe(1);
      expect(contentsOf(flow)).toEqual(['still there']);
    });

    test('a registration is removed by its callback address, whatever its signature', async () => {
      const line = local.newLine();
      const [flow, witness] = [local.flows.flow(), local.flows.flow()];
      await sends(witness, line);
      await sends(flow, line);
      const remove = (api: TwoWayHost['api'], callbackUrl: string) =>
        api.call(`/service/${line.service}/pipelines/actions/unsubscribe`, {
          method: 'POST',
          headers: { Customer: 'demo', 'Content-Type': 'application/json' },
          body: JSON.stringify({ callbackUrl }),
        });
      const refused = await remove(local.other, flow.callbackUrl);
      expect([refused.status, (refused.body as ErrorBody).error.code]).toEqual([403, 'CustomerNotAssigned']);
      const unknown = await remove(local.api, local.flows.flow().callbackUrl);
      expect([unknown.status, unknown.body]).toEqual([204, undefined]);
      expect(await tellAll(line, witness, 'still there')).toBe(2);
      const removed = await remove(local.api, signedAnew(flow.callbackUrl));
      expect([removed.status, removed.body]).toEqual([204, undefined]);
      expect(await tellAll(line, witness, 'gone')).toBe(1);
      expect(contentsOf(flow)).toEqual(['still there']);
    });

    test('an inbound message of a customer reaches no other customer', async () => {
      const line = local.newLine();
      const [flow, othersFlow] = [local.flows.flow(), local.flows.flow()];
      await sends(flow, line);
      const { callbackUrl } = othersFlow;
      await subscribe(local.other, 'other-twoway', { callbackUrl, customer: 'other' });
      expect(await tellAll(line, flow, 'for the demo customer')).toBe(1);
      expect(await tellAll({ service: 'other-twoway', address: '17200' }, othersFlow, 'for the other one')).toBe(1);
      expect([contentsOf(flow), contentsOf(othersFlow)]).toEqual([['for the demo customer'], ['for the other one']]);
      expect(othersFlow.notifications()[0]).toMatchObject({ customerId: 'other', serviceId: 'other-twoway' });
    });
  });
}
