import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect } from 'vitest';

import { conversationKeyOf } from '../../../../src/conversations/thread-id.ts';
import { asJsonSchema } from '../../../../src/operation/schema.ts';
import { operations } from '../../../../src/operations.ts';
import { groupKey } from '../../../../src/storage/tables/contact-rows.ts';
import { createApi, sendTo, tokenOf } from '../../hosts/api.ts';
import type { Api, SentBody, StatusBody } from '../../hosts/api.ts';
import { startCountedHost } from '../../hosts/counted-host.ts';
import type { CountedHost } from '../../hosts/counted-host.ts';
import { eventually } from '../../tools/eventually.ts';
import { inboundIdIn, startFlowServer, subscribe } from '../../servers/flow-server.ts';
import type { Flow, FlowServer } from '../../servers/flow-server.ts';
import { play } from '../../hosts/two-way-host.ts';

/**
 * Pairs of customers. The ids of the second pair hold the same digits, so that only the stored row tells them apart.
 */
export const pairs = [
  ['demo', 'other'],
  ['twin-72235', 'twin-90705'],
] as const;

const customerIds = pairs.flat();
type CustomerId = (typeof customerIds)[number];

/** A user who is assigned to no customer, and one whom the directory doesn't know. */
export const outsiders = { idle: 'idle-user', stranger: 'stranger-user' } as const;

/** The request id that a customer has used, of which there is one for each operation to try it with. */
export const requestIdOf = (customerId: string, operationId: string): string => `request-${customerId}-${operationId}`;

const operationsWithRequestIds = operations
  .filter(({ body }) => body !== undefined && 'RequestId' in (asJsonSchema(body.schema).properties ?? {}))
  .map(({ operationId }) => operationId);

/** Returns the data of a customer in the directory, and its phones. */
function placeOf(customerId: CustomerId) {
  const index = customerIds.indexOf(customerId);
  return {
    customerId,
    name: `Company number ${index}`,
    services: { OneWay: `${customerId}-oneway`, TwoWay: `${customerId}-twoway`, Group: `${customerId}-group` },
    sender: `Brand${index}`,
    address: `35840110000${index}`,
    identity: `35840100000${index}`,
    /** Phones that no other customer knows: one writes, one is written to, one is a contact, one opted out. */
    writer: `3584020${index}0001`,
    recipient: `3584030${index}0001`,
    contact: `3584040${index}0001`,
    optedOut: `3584050${index}0001`,
    content: `Confidential text of customer ${index}`,
  };
}

const directory = JSON.stringify({
  customers: customerIds.map((id) => {
    const { name, services, sender, address, identity } = placeOf(id);
    const receivesOn = { protocol: 'SMS', address };
    return {
      id,
      name,
      region: 'FI',
      timeZone: 'Europe/Helsinki',
      services: [
        { id: services.OneWay, name: `${name} sends`, type: 'OneWay', senders: [sender], allowsReplies: true },
        { id: services.TwoWay, name: `${name} talks`, type: 'TwoWay', senders: [], allowsReplies: true, receivesOn },
        { id: services.Group, name: `${name} group`, type: 'Group', senders: [], allowsReplies: false },
      ],
      whatsappIdentities: [identity],
    };
  }),
  users: [
    ...customerIds.map((id) => ({ id: `${id}-user`, name: `User of ${id}`, customerIds: [id] })),
    { id: outsiders.idle, name: 'Idle user', customerIds: [] },
  ],
});

/** A customer with one of everything that has an id, its user and its flow. */
export type Party = ReturnType<typeof placeOf> & {
  api: Api;
  flow: Flow;
  messageId: string;
  recipientId: string;
  inboundId: string;
  threadId: string;
  templateName: string;
  pipelineId: string;
  actionId: string;
};

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

const jsonOf = (method: string, body: unknown, headers: Record<string, string> = {}) => ({
  method,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** The customer and the service of a send, as its headers name them. */
const sendingHeaders = ({ customerId, services }: Pick<Party, 'customerId' | 'services'>) => ({
  'Customer-Id': customerId,
  'Service-Id': services.OneWay,
});

/** Creates the data of a customer, through the API and from its phone. */
async function settleInto({ host }: CountedHost, flows: FlowServer, customerId: CustomerId): Promise<Party> {
  const place = placeOf(customerId);
  const { services, sender, address, identity, writer, recipient, contact, optedOut, content } = place;
  const api = await createApi(host, await tokenOf(host, `${customerId}-user`));
  const call = async (...request: Parameters<Api['call']>): Promise<unknown> => {
    const answer = await api.call(...request);
    expect(answer).toMatchObject({ status: expect.toSatisfy((status: number) => status < 300) as number });
    return answer.body;
  };
  const flow = flows.flow();
  const { location } = await subscribe(api, services.TwoWay, { ...flow, customer: customerId });
  const [pipelineId = '', actionId = ''] = location.split('/').filter((step) => /^[0-9a-f]{32,}$/.test(step));
  await play(host, { sender: writer, recipient: address, content });
  const [sent] = await Promise.all(
    operationsWithRequestIds.map(async (operationId) => {
      const requestId = requestIdOf(customerId, operationId);
      const send = sendTo([recipient], { Sender: sender, Content: content, RequestId: requestId });
      return (await call('/messages', jsonOf('POST', send, sendingHeaders(place)))) as SentBody;
    }),
  );
  if (sent === undefined) throw new Error('no operation takes a request id');
  const template = { DisplayName: `Template ${customerId}`, RawContent: content, Category: 'Utility', Language: 'en' };
  await call(`/whatsapp/templates/${customerId}/${identity}`, jsonOf('POST', template));
  await call(`/groupcontact/${customerId}/${services.Group}`, jsonOf('POST', { phone: contact, lastName: content }));
  await call(`/whatsapp/opt-in/sender/${identity}/recipient/${optedOut}`, { method: 'DELETE' });
  const { messageId: inboundId, threadId } = await flow.notified(content);
  const [templateName = ''] = await approvedTemplates({ api, customerId }, 1);
  await eventually(async () => {
    const status = (await call(`/messages/${sent.MessageId}`, { headers: sendingHeaders(place) })) as StatusBody;
    expect(status.Status).toBe('delivered');
  });
  const { MessageId: messageId, Recipients: recipients } = sent;
  const recipientId = recipients[0]?.Id ?? '';
  return { ...place, api, flow, messageId, recipientId, inboundId, threadId, templateName, pipelineId, actionId };
}

/** Waits until `count` templates of a customer are approved; resolves to their names. */
async function approvedTemplates({ api, customerId }: Pick<Party, 'api' | 'customerId'>, count: number) {
  return eventually(async () => {
    const { body } = await api.call(`/whatsapp/templates/${customerId}`);
    const names = (body as { id: string }[]).map(({ id }) => id);
    expect(names).toHaveLength(count);
    return names;
  });
}

/** Reads everything that a customer's user and phone can see. */
export async function look(party: Party): Promise<unknown> {
  const { api, customerId, services, identity, contact, messageId, templateName, recipient, optedOut, writer } = party;
  const bodyOf = async (...request: Parameters<Api['call']>) => {
    const { status, body } = await api.call(...request);
    return { status, body };
  };
  const fromThem = (messages: readonly { sender: string; content: string }[]) =>
    messages.filter(({ sender }) => [party.sender, party.address, identity].includes(sender));
  const offer = {
    TemplateName: templateName,
    Recipients: [{ Address: optedOut }, { Address: recipient }],
    SendDateTime: inAnHour(),
  };
  const offered = await bodyOf('/messages/templates/whatsapp', jsonOf('POST', offer, sendingHeaders(party)));
  const { messageId: offerId } = offered.body as { messageId: string };
  const offerStatus = await bodyOf(`/messages/${offerId}`, { headers: sendingHeaders(party) });
  return {
    message: await bodyOf(`/messages/${messageId}`, { headers: sendingHeaders(party) }),
    contact: await bodyOf(`/groupcontact/${customerId}/${services.Group}/${contact}`),
    templates: await bodyOf(`/whatsapp/templates/${customerId}`),
    offered: (offerStatus.body as StatusBody).Recipients.map(({ Address, Status }) => [Address, Status]),
    inboxes: await Promise.all([recipient, writer].map(async (phone) => fromThem(await api.inbox(phone)))),
  };
}

/** Lets a phone write again, and the flow answer in the same thread. */
export async function talk({ host }: CountedHost, party: Party): Promise<unknown> {
  const { api, flow, customerId, writer, address } = party;
  const content = `Another text of ${customerId}`;
  await play(host, { sender: writer, recipient: address, content });
  const { threadId } = await flow.notified(content);
  const answer = { ThreadId: threadId, Content: 'Understood' };
  const { status } = await api.call(
    '/messages/discussion/reply',
    jsonOf('POST', answer, { CustomerId: party.customerId }),
  );
  return { threadId, status };
}

/** Returns texts that only the customer and its phones may see. */
export function secretsOf(party: Party): string[] {
  const { flow, services, api: _api, customerId: _customerId, ...rest } = party;
  return [...Object.values(rest), ...Object.values(services), flow.callbackUrl, inboundIdIn(party.inboundId)];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Partitions that hold what is the customer's; `byDigits` are those whose ids tell the customer by digits, which a
 * customer with the same digits can't tell from its own before it reads the row.
 */
export function partitionsOf({ customerId, identity, ...party }: Party) {
  return {
    byDigits: [party.messageId, inboundIdIn(party.inboundId), conversationKeyOf(party.threadId)],
    others: [
      party.pipelineId,
      groupKey({ customerId, serviceId: party.services.Group }),
      sha256(identity).slice(0, 32),
      sha256(customerId).slice(0, 32),
      ...operationsWithRequestIds.map((id) => sha256(JSON.stringify([customerId, requestIdOf(customerId, id)]))),
    ],
  };
}

/** Starts a host with four customers who have data of every kind, and two users who have none. */
export async function startParties() {
  const folder = await mkdtemp(join(tmpdir(), 'isolation-'));
  const file = join(folder, 'directory.json');
  await writeFile(file, directory);
  const environment = { DIRECTORY_FILE: file, LOCAL_QUEUE_POLLING_MS: '50', SIMULATED_CARRIER_LATENCY_MS: '10' };
  const local = await startCountedHost({ environment });
  const flows = await startFlowServer();
  const settled = await Promise.all(customerIds.map((id) => settleInto(local, flows, id)));
  return {
    ...local,
    flows,
    party: (id: CustomerId): Party => settled[customerIds.indexOf(id)]!,
    as: async (user: string) => createApi(local.host, await tokenOf(local.host, user)),
    approved: approvedTemplates,
    /** Waits until the workers are idle. */
    async quiet(): Promise<void> {
      let counted = -1;
      await eventually(async () => {
        const before = counted;
        await sleep(300);
        counted = local.storage.operations().length;
        expect(counted).toBe(before);
      });
    },
    async stop(): Promise<void> {
      await flows.stop();
      await local.stop();
      await rm(folder, { recursive: true });
    },
  };
}

export type Parties = Awaited<ReturnType<typeof startParties>>;
