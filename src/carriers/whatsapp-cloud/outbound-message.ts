import type { OutboundBatch, OutboundRecipient, TemplateCall } from '../../messages/index.ts';

/** What Graph wants of any message to one phone. */
interface Envelope {
  messaging_product: 'whatsapp';
  recipient_type: 'individual';
  to: string;
  /** Comes back in each report on the message. */
  biz_opaque_callback_data: string;
}

/**
 * A message as Graph takes it (facebook/openapi, business-messaging-api_v23.0.yaml: TextMessage, TemplateMessage; Cloud
 * API, "Interactive reply buttons messages").
 */
export type GraphMessage = Envelope &
  (
    | { type: 'text'; text: { body: string; preview_url: false } }
    | { type: 'interactive'; interactive: GraphButtons }
    | { type: 'template'; template: GraphTemplateCall }
  );

interface GraphButtons {
  type: 'button';
  body: { text: string };
  action: { buttons: { type: 'reply'; reply: { id: string; title: string } }[] };
}

interface GraphTemplateCall {
  name: string;
  language: { policy: 'deterministic'; code: string };
  components: GraphComponent[];
}

interface GraphComponent {
  type: 'header' | 'body' | 'button';
  sub_type?: 'quick_reply' | 'url';
  /** The button's position, from 0, as a text. */
  index?: string;
  parameters: object[];
}

/** A message to one recipient: the template where there is one, else the text, with buttons where there are some. */
export function graphMessage(
  recipient: OutboundRecipient,
  { template, buttons }: Pick<OutboundBatch, 'template' | 'buttons'>,
): GraphMessage {
  const envelope: Envelope = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: recipient.address,
    biz_opaque_callback_data: recipient.recipientId,
  };
  if (template !== undefined) return { ...envelope, type: 'template', template: templateCall(template) };
  if (buttons !== undefined) {
    return { ...envelope, type: 'interactive', interactive: textWithButtons(recipient.content, buttons) };
  }
  return { ...envelope, type: 'text', text: { body: recipient.content, preview_url: false } };
}

/** A tap brings back id and label. The label says it all, so the id need only be unique within the message. */
function textWithButtons(text: string, labels: readonly string[]): GraphButtons {
  const buttons = labels.map((title, place) => ({ type: 'reply' as const, reply: { id: String(place), title } }));
  return { type: 'button', body: { text }, action: { buttons } };
}

function templateCall(call: TemplateCall): GraphTemplateCall {
  const { name, language, bodyParameters } = call;
  const header = headerParameters(call);
  const components: GraphComponent[] = [
    ...(header.length === 0 ? [] : [{ type: 'header' as const, parameters: header }]),
    ...(bodyParameters.length === 0 ? [] : [{ type: 'body' as const, parameters: bodyParameters.map(textParameter) }]),
    ...call.buttons.flatMap(buttonComponent),
  ];
  // Another language than the one asked for would be another text.
  return { name, language: { policy: 'deterministic', code: language }, components };
}

const textParameter = (text: string): object => ({ type: 'text', text });

function headerParameters({ headerParameters: texts, attachmentUri, attachmentKind }: TemplateCall): object[] {
  if (attachmentUri === undefined || attachmentUri === '') return texts.map(textParameter);
  const kind = attachmentKind ?? 'document';
  return [{ type: kind, [kind]: { link: attachmentUri } }];
}

/** A button that has nothing to fill needs no component, and a Call button never has anything. */
function buttonComponent({ type, data }: TemplateCall['buttons'][number], position: number): GraphComponent[] {
  if (data === '') return [];
  const index = String(position);
  if (type === 'QuickReply') {
    return [{ type: 'button', sub_type: 'quick_reply', index, parameters: [{ type: 'payload', payload: data }] }];
  }
  if (type === 'Url') return [{ type: 'button', sub_type: 'url', index, parameters: [textParameter(data)] }];
  return [];
}
