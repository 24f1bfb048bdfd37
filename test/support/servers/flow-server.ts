import { randomBytes } from 'node:crypto';

import { expect } from 'vitest';

import type { Api } from '../hosts/api.ts';
import { eventually } from '../tools/eventually.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';
import type { ReceivedCall, WebhookAnswer } from './webhook-receiver.ts';

/** The JSON body of a call to a flow. */
export type Notification = Readonly<Record<string, unknown>> & { messageId: string; threadId: string; content: string };

/** A flow with a trigger: an address that we call. */
export interface Flow {
  callbackUrl: string;
  /** All calls to the flow, whatever its answers. */
  calls: ReceivedCall[];
  /** The bodies of the calls. */
  notifications(): readonly Notification[];
  /** Waits for the first call with this text. */
  notified(content: string): Promise<Notification>;
}

/** A fake of the flows' runtime: one server with the addresses of many flows. */
export interface FlowServer {
  /** Creates a flow. Default answer: 202. `index` counts its calls from 0. */
  flow(answer?: (index: number) => WebhookAnswer | Promise<WebhookAnswer>): Flow;
  stop(): Promise<void>;
}

/** Starts a runtime on 127.0.0.1. */
export async function startFlowServer(): Promise<FlowServer> {
  const flows = new Map<string, { calls: ReceivedCall[]; answer: (index: number) => ReturnType<typeof answerOf> }>();
  const answerOf = async (path: string, call: ReceivedCall): Promise<WebhookAnswer> => {
    const found = flows.get(path.split('/')[2] ?? '');
    return found === undefined ? 404 : found.answer(found.calls.push(call) - 1);
  };
  const server = await startWebhookReceiver((_, call) => answerOf(call.path, call));
  return {
    flow(answer = () => 202) {
      const id = randomBytes(16).toString('hex');
      const calls: ReceivedCall[] = [];
      flows.set(id, { calls, answer: async (index) => answer(index) });
      const parsed: Notification[] = [];
      const notifications = (): Notification[] => {
        for (const { body } of calls.slice(parsed.length)) {
          parsed.push(JSON.parse(Buffer.from(body).toString('utf8')) as Notification);
        }
        return parsed;
      };
      return {
        callbackUrl: signedAnew(`${server.url}${pathOf(id)}`),
        calls,
        notifications,
        notified: (content) =>
          eventually(
            () => {
              const found = notifications().find((notification) => notification.content === content);
              if (found === undefined) throw new Error(`no call with '${content}' among ${calls.length}`);
              return found;
            },
            { timeoutMs: 60_000, everyMs: 50 },
          ),
      };
    },
    stop: () => server.stop(),
  };
}

/** Path and query of a trigger's address in the form of Logic Apps, with an empty signature. */
const pathOf = (id: string): string =>
  `/workflows/${id}/triggers/New_Message/versions/08585/run?api-version=2016-10-01` +
  `&sp=%2Ftriggers%2FNew_Message%2Fversions%2F08585%2Frun&sv=1.0&sig=`;

/** Makes a flow's address with another signature, as the runtime does when keys are renewed. */
export function signedAnew(callbackUrl: string): string {
  return callbackUrl.replace(/&sig=.*$/, `&sig=${randomBytes(24).toString('base64url')}`);
}

/** A registration in its flow's memory. */
export interface Registration {
  id: string;
  location: string;
}

/** Makes the body that the runtime sends when a flow is turned on. Default: for the demo customer. */
export function subscribing(
  service: string,
  { callbackUrl, httpVerb = 'POST', customer = 'demo' }: { callbackUrl: string; httpVerb?: string; customer?: string },
) {
  return [
    `/service/${service}/pipelines/actions`,
    {
      method: 'POST',
      headers: { Customer: customer, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        name: 'PowerAutomate (Auto Created Webhook)',
        actionType: 'HttpRequest',
        description: 'Created by the New Message trigger of a flow.',
        options: { endpointUrl: callbackUrl, httpVerb },
      }),
    },
  ] as const;
}

/** Turns a flow on. */
export async function subscribe(api: Api, ...what: Parameters<typeof subscribing>): Promise<Registration> {
  const answer = await api.call(...subscribing(...what));
  expect(answer).toMatchObject({ status: 201 });
  return { id: (answer.body as { id: string }).id, location: answer.headers.get('location') ?? '' };
}

/** Turns a flow off: calls its Location as the runtime does, with or without a token. Resolves to the status. */
export async function unsubscribe({ location }: Pick<Registration, 'location'>, token?: string): Promise<number> {
  const headers = token === undefined ? undefined : { Authorization: `Bearer ${token}` };
  const answer = await fetch(location, { method: 'DELETE', ...(headers && { headers }) });
  return answer.status;
}

/** The stored id of a message: the beginning of the id that a flow gets. */
export function inboundIdIn(messageId: string): string {
  return messageId.slice(0, 33);
}
