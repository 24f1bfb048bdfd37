import { randomUUID } from 'node:crypto';

import type { ErrorCode } from '../../../../src/operation/errors.ts';
import type { Operation } from '../../../../src/operation/define-operation.ts';
import { isObject } from '../../../../src/core/json.ts';
import { asJsonSchema } from '../../../../src/operation/schema.ts';
import type { JsonSchema } from '../../../../src/operation/schema.ts';
import type { operations } from '../../../../src/operations.ts';
import type { Api, ApiAnswer } from '../../hosts/api.ts';
import { subscribe, subscribing } from '../../servers/flow-server.ts';
import type { Flow } from '../../servers/flow-server.ts';
import { requestIdOf } from './parties.ts';
import type { Party } from './parties.ts';

type AnyOperation = (typeof operations)[number];

/** The kinds of ids, in the order in which requests are checked. */
const kinds = [
  'customer',
  'service',
  'message',
  'thread',
  'template',
  'identity',
  'pipeline',
  'action',
  'phone',
  'sender',
  'request',
  'callback',
] as const;
export type Kind = (typeof kinds)[number];

/** Every parameter of every operation; `none` is for values that name nothing that belongs to anybody. */
export const parameterKinds: Readonly<Record<string, Kind | 'none'>> = {
  'Customer-Id': 'customer',
  CustomerId: 'customer',
  Customer: 'customer',
  'Service-Id': 'service',
  Service: 'service',
  'Group Service': 'service',
  MessageId: 'message',
  ParentMessageId: 'message',
  'Pipeline-Id': 'pipeline',
  'Action-Id': 'action',
  TemplateId: 'template',
  IdentityNumber: 'identity',
  Sender: 'identity',
  Recipient: 'phone',
  Phone: 'phone',
  Region: 'none',
  ServiceType: 'none',
  AllowReplyMessage: 'none',
};

const plainParameters: Readonly<Record<string, string>> = {
  Region: 'FI',
  ServiceType: 'OneWay',
  AllowReplyMessage: 'false',
};

/** Every field of every body that names something. */
export const fieldKinds: Readonly<Record<string, Kind>> = {
  ThreadId: 'thread',
  TemplateName: 'template',
  RequestId: 'request',
  Sender: 'sender',
  'Recipients[].Address': 'phone',
  phone: 'phone',
  callbackUrl: 'callback',
  'options.endpointUrl': 'callback',
};

/** Every other field of every body. */
export const plainFields: readonly string[] = [
  'Content Protocol SendDateTime AttachmentUri CustomerData AdMessage DlrUrl Recipients[].Personalization',
  'Recipients[].Placeholders[].name Recipients[].Placeholders[].value BodyParameters[] HeaderParameters[]',
  'UseSmsFallback name actionType description options.httpVerb DisplayName RawContent Category Language',
  'HeaderText AttachmentUrl Buttons[] Buttons[].Type Buttons[].Label Buttons[].Data active email firstName lastName',
  'gender birthYear streetAddress zipCode city countryCode customContactProperties[].name',
  'customContactProperties[].value phoneNumberRegions[] fieldsToClear[]',
].flatMap((line) => line.split(' '));

/**
 * The outcome of a foreign id: the request is refused; or it is answered as if there were nothing; or anybody may use
 * the id, and the request affects only the caller's customer.
 */
export type Outcome = readonly [status: number, code: ErrorCode] | 'nothing' | 'own';

const outcomes: Readonly<Record<Kind, Outcome>> = {
  customer: [403, 'CustomerNotAssigned'],
  service: [404, 'ServiceNotFound'],
  message: [404, 'MessageNotFound'],
  thread: [404, 'ThreadNotFound'],
  template: [404, 'TemplateNotFound'],
  identity: [404, 'IdentityNotFound'],
  pipeline: 'nothing',
  action: 'nothing',
  phone: 'own',
  sender: [400, 'SenderNotAllowed'],
  request: 'own',
  callback: 'own',
};

const otherOutcomes: Readonly<Record<string, Outcome>> = {
  'GetCustomerWhatsAppTemplates.TemplateId': 'nothing',
  'UnsubscribeCallback.callbackUrl': 'nothing',
  'GetGroupContact.Phone': [404, 'ContactNotFound'],
  'UpdateGroupContact.Phone': [404, 'ContactNotFound'],
  'DeleteGroupContact.Phone': [404, 'ContactNotFound'],
};

/** A parameter or field that holds an id. */
export interface Place {
  name: string;
  where: 'parameters' | 'body';
  kind: Kind;
  outcome: Outcome;
}

/** The places of an operation that hold ids, in the order in which they are judged. */
export function placesOf({ operationId, parameters, body }: AnyOperation): Place[] {
  const place = (where: Place['where'], name: string, kind: Kind | 'none' | undefined): Place[] =>
    kind === undefined || kind === 'none'
      ? []
      : [{ name, where, kind, outcome: otherOutcomes[`${operationId}.${name}`] ?? outcomes[kind] }];
  const fields = body === undefined ? [] : fieldsOf(asJsonSchema(body.schema));
  return [
    ...Object.keys(parameters).flatMap((name) => place('parameters', name, parameterKinds[name])),
    ...fields.flatMap((name) => place('body', name, fieldKinds[name])),
  ].sort((left, right) => kinds.indexOf(left.kind) - kinds.indexOf(right.kind));
}

/** The names of all fields that hold values, as `Recipients[].Address`. */
export function fieldsOf({ properties, items }: JsonSchema, path = ''): string[] {
  if (items !== undefined) return fieldsOf(items, `${path}[]`);
  if (properties === undefined) return [path];
  return Object.entries(properties).flatMap(([name, inner]) => fieldsOf(inner, path === '' ? name : `${path}.${name}`));
}

/** A request without its operation. */
export interface Request {
  parameters: Readonly<Record<string, string>>;
  body?: unknown;
}

/** The ids of a kind that a party has; requests are valid with the first. Every id of a message stands for any. */
export function idsOf(kind: Kind, party: Party, { service, operationId }: AnyOperation): string[] {
  const { messageId, inboundId, threadId, recipientId, services, contact } = party;
  return {
    customer: [party.customerId],
    service: [services[service?.type ?? 'OneWay']],
    message: [messageId, inboundId, inboundId.slice(0, 33), recipientId, threadId],
    thread: [threadId, messageId, inboundId],
    template: [party.templateName],
    identity: [party.identity],
    pipeline: [party.pipelineId],
    action: [party.actionId],
    phone: [contact],
    sender: [party.sender],
    request: [requestIdOf(party.customerId, operationId)],
    callback: [party.flow.callbackUrl],
  }[kind];
}

/**
 * An id of the same form that nobody has: where an id is looked up, it is one that may be the caller's, made of one
 * that is, so that the look-up is what refuses it.
 */
export function unknownIdOf(kind: Kind, own: string): string {
  if (!/^i?[0-9a-f]{32,64}(?:-\d+)?$/.test(own)) return unknownNames[kind] ?? 'nobody';
  const position = own.length === 44 ? 43 : 31;
  return own.slice(0, position) + (own[position] === '0' ? '1' : '0') + own.slice(position + 1);
}

const unknownNames: Partial<Record<Kind, string>> = {
  identity: '358409000001',
  phone: '358409000002',
  callback: 'http://127.0.0.1:1/nobody',
};

const inAnHour = new Date(Date.now() + 3_600_000).toISOString();

/** Makes the body of a valid request. For an operation that removes something, creates it first. */
const bodies: Readonly<Record<string, (party: Party, flow: Flow) => unknown>> = {
  SendMessage: textSend,
  SendReplyMessage: textSend,
  SendDiscussionReplyMessage: ({ threadId }) => ({ ThreadId: threadId, Content: 'Hello', RequestId: newRequestId() }),
  SendWhatsappTemplateMessage: ({ templateName, contact }) => ({
    TemplateName: templateName,
    Recipients: [{ Address: contact }],
    SendDateTime: inAnHour,
    RequestId: newRequestId(),
  }),
  NewMessage: (_, flow) => JSON.parse(subscribing('', flow)[1].body) as unknown,
  UnsubscribeCallback: (_, { callbackUrl }) => ({ callbackUrl }),
  CreateWhatsappTemplate: ({ customerId }) => ({
    DisplayName: `New template ${customerId}`,
    RawContent: 'Hello',
    Category: 'Utility',
    Language: 'en',
  }),
  CreateGroupContact: ({ contact }) => ({ phone: contact.replace(/1$/, '2') }),
  UpdateGroupContact: () => ({ firstName: 'Aino' }),
};

const newRequestId = (): string => randomUUID();

function textSend({ sender, contact }: Party): unknown {
  return {
    Sender: sender,
    Content: 'Hello',
    Protocol: 'SMS',
    Recipients: [{ Address: contact }],
    SendDateTime: inAnHour,
    RequestId: newRequestId(),
  };
}

/** Makes a valid request of a party, and the data that the request needs. */
export async function validRequest(operation: AnyOperation, party: Party, flow: Flow): Promise<Request> {
  const { operationId } = operation;
  const parameters = Object.fromEntries(
    Object.keys(operation.parameters).map((name) => {
      const kind = parameterKinds[name] ?? 'none';
      return [name, kind === 'none' ? plainParameters[name]! : idsOf(kind, party, operation)[0]!];
    }),
  );
  const { services, customerId: customer, api, contact } = party;
  if (operationId === 'SendReplyMessage') parameters['ParentMessageId'] = party.inboundId;
  if (operationId === 'UnsubscribeCallback') await subscribe(api, services.TwoWay, { ...flow, customer });
  if (operationId === 'DeleteTrigger') {
    parameters['Action-Id'] = (await subscribe(api, services.TwoWay, { ...flow, customer })).id;
  }
  if (operationId === 'DeleteGroupContact') {
    parameters['Phone'] = contact.replace(/1$/, '3');
    const body = JSON.stringify({ phone: parameters['Phone'] });
    const headers = { 'Content-Type': 'application/json' };
    await api.call(`/groupcontact/${customer}/${services.Group}`, { method: 'POST', headers, body });
  }
  return { parameters, ...(operation.body && { body: bodies[operationId]!(party, flow) }) };
}

/** The request with another id in a place. */
export function withId({ parameters, body }: Request, { where, name }: Place, id: string): Request {
  if (where === 'parameters') return { parameters: { ...parameters, [name]: id }, body };
  return { parameters, body: replaceIn(body, name.split(/\.|(?=\[\])/), id) };
}

function replaceIn(value: unknown, [step, ...rest]: readonly string[], id: string): unknown {
  if (step === undefined) return id;
  if (step === '[]' && Array.isArray(value)) return value.map((entry) => replaceIn(entry, rest, id));
  if (!isObject(value) || !Object.hasOwn(value, step)) throw new Error(`the valid request has no field ${step}`);
  return { ...value, [step]: replaceIn(value[step], rest, id) };
}

/** Sends a request with a token. */
export function make(
  { method, path, parameters: declared }: Pick<Operation<never>, 'method' | 'path' | 'parameters'>,
  { parameters, body }: Request,
  api: Api,
): Promise<ApiAnswer> {
  const named = Object.entries(parameters);
  const placed = (place: string) => named.filter(([name]) => declared[name]?.in === place);
  const filled = placed('path').reduce((text, [name, value]) => {
    return text.replace(`{${name}}`, () => encodeURIComponent(value));
  }, path as string);
  const query = new URLSearchParams(placed('query')).toString();
  return api.call(query === '' ? filled : `${filled}?${query}`, {
    method,
    headers: {
      ...Object.fromEntries(placed('header')),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
