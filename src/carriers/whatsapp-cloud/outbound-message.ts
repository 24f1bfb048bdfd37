import type { OutboundBatch, OutboundRecipient, TemplateCall } from '../../messages/index.ts';

/** The fields of every message to one phone. */
interface Envelope {
  messaging_product: 'whatsapp';
  recipient_type: 'individual';
  to: string;
  /** Each report on the message contains this value. */
  biz_opaque_callback_data: string;
}

/**
 * A message in the Graph API's form (facebook/openapi, business-messaging-api_v23.0.yaml: TextMessage, TemplateMessage;
 * Cloud API, "Interactive reply buttons messages").
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

/** Makes the message to one recipient: the template if the batch has one; otherwise the text, with its buttons. */
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

/** A tap returns id and label. The app uses only the label, so the id need only be unique within the message. */
function textWithButtons(text: string, labels: readonly string[]): GraphButtons {
  const buttons = labels.map((title, index) => ({ type: 'reply' as const, reply: { id: String(index), title } }));
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
  // In another language, the template would have another text.
  return { name, language: { policy: 'deterministic', code: language }, components };
}

const textParameter = (text: string): object => ({ type: 'text', text });

function headerParameters({ headerParameters: texts, attachmentUri, attachmentKind }: TemplateCall): object[] {
  if (attachmentUri === undefined || attachmentUri === '') return texts.map(textParameter);
  const kind = attachmentKind ?? 'document';
  return [{ type: kind, [kind]: { link: attachmentUri } }];
}

/** Makes the component of a button. A button without a variable part needs none, and a Call button never has one. */
function buttonComponent({ type, data }: TemplateCall['buttons'][number], position: number): GraphComponent[] {
  if (data === '') return [];
  const index = String(position);
  if (type === 'QuickReply') {
    return [{ type: 'button', sub_type: 'quick_reply', index, parameters: [{ type: 'payload', payload: data }] }];
  }
  if (type === 'Url') return [{ type: 'button', sub_type: 'url', index, parameters: [textParameter(data)] }];
  return [];
}
