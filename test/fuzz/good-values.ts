import * as fc from 'fast-check';

/** Ids that exist on the host, with which requests reach deep code. Every list has an entry. */
export interface KnownIds {
  token: string;
  /** The token of a user who is assigned to another customer. */
  otherToken: string;
  messages: readonly string[];
  inboundMessages: readonly string[];
  threads: readonly string[];
  pipelines: readonly string[];
  actions: readonly string[];
  templates: readonly string[];
  callbackUrls: readonly string[];
}

/** Valid values by the names of fields and parameters whose schema alone doesn't tell what is valid. */
export type GoodValues = ReadonlyMap<string, fc.Arbitrary<unknown>>;

const identity = '358401000001';
const day = 24 * 60 * 60 * 1000;

const phone = fc.oneof(
  fc.nat(9_999).map((last) => `35840123${String(last).padStart(4, '0')}`),
  fc.constantFrom('0401230001', '+358 40 1230002', '358401230009'),
);

/** Few numbers, so that requests meet existing contacts before the next Delete All. */
const contact = fc.nat(5).map((last) => `35840124000${last}`);

const words = fc.array(fc.constantFrom('Aino', 'order', 'ready', 'käynti', 'Äiti', 'tomorrow'), {
  minLength: 1,
  maxLength: 3,
});
const sentence = words.map((list) => list.join(' '));

function values(of: Record<string, readonly unknown[] | fc.Arbitrary<unknown>>): [string, fc.Arbitrary<unknown>][] {
  return Object.entries(of).map(([name, list]) => [
    name,
    list instanceof fc.Arbitrary ? list : fc.constantFrom(...(list as unknown[])),
  ]);
}

/** @param now the moment from which future dates are counted */
export function goodValues(known: KnownIds, now: Date): GoodValues {
  const toCome = fc.integer({ min: 1, max: 300 }).map((days) => new Date(now.getTime() + days * day).toISOString());
  const customer = ['demo'];
  return new Map(
    values({
      'Customer-Id': customer,
      CustomerId: customer,
      Customer: customer,
      Sender: ['SmartDialog', '16400', '358401000000'],
      IdentityNumber: [identity],
      Recipient: phone,
      Phone: contact,
      phone: contact,
      Address: phone,
      MessageId: known.messages,
      ParentMessageId: known.inboundMessages,
      ThreadId: known.threads,
      'Pipeline-Id': known.pipelines,
      'Action-Id': known.actions,
      TemplateName: known.templates,
      TemplateId: known.templates,
      Content: ['Hello', 'Hello again', 'Hei $(name)', 'Hinta 5 €, nähdään 💬', 'x'.repeat(200)],
      Personalization: fc.record({ name: fc.oneof(sentence, fc.nat(), fc.boolean()) }),
      Placeholders: [[], [{ name: 'code', value: '1' }], [{ name: 'code' }]],
      SendDateTime: toCome,
      AttachmentUri: [''],
      DlrUrl: ['https://example.com/dlr'],
      // Some repeat the id of an earlier request.
      RequestId: fc.oneof(
        fc.uuid(),
        fc.nat(50).map((id) => `request-${id}`),
      ),
      name: sentence,
      actionType: ['HttpRequest'],
      endpointUrl: known.callbackUrls,
      callbackUrl: known.callbackUrls,
      httpVerb: ['POST', 'PUT'],
      DisplayName: fc
        .tuple(fc.constantFrom('Order', 'Visit', 'News'), fc.nat(300))
        .map(([word, id]) => `${word} ${id}`),
      RawContent: ['Hello {{1}}, your order is ready.', 'See you tomorrow.'],
      Category: ['Marketing', 'Utility', 'UTILITY', 'Authentication'],
      Language: ['fi', 'en', 'sv'],
      HeaderText: ['News', 'For {{1}} only'],
      AttachmentUrl: ['https://example.com/a.png'],
      Buttons: [
        [],
        [{ Type: 'QuickReply', Label: 'Yes', Data: 'Yes' }],
        [{ Type: 'Url', Label: 'See', Data: 'https://example.com/{{1}}' }],
      ],
      email: ['aino@example.com', 'Ääni.Ö+x@example.co.uk'],
      birthYear: fc.integer({ min: 1900, max: 2026 }),
      countryCode: ['FIN', 'SWE'],
      customContactProperties: fc.uniqueArray(fc.record({ name: sentence, value: sentence }), {
        maxLength: 3,
        selector: ({ name }) => name,
      }),
      phoneNumberRegions: [['FI'], ['SE', 'FI'], []],
      Region: ['FI', 'SE'],
      fieldsToClear: [['email'], ['firstName', 'lastName'], []],
    }),
  );
}

/** Services of the demo customer that an operation accepts. */
export function goodServices({
  type,
  replies = false,
}: {
  type: string;
  replies?: boolean | undefined;
}): readonly string[] {
  if (type === 'TwoWay') return ['demo-twoway', 'demo-whatsapp'];
  if (type === 'Group') return ['demo-group'];
  return replies ? ['demo-reply'] : ['demo-oneway', 'demo-reply'];
}

/** Values that are valid in one operation only, and mean something else in others. */
export const goodInOperation: Readonly<Record<string, GoodValues>> = {
  SendWhatsappTemplateMessage: new Map(
    values({ BodyParameters: [['Aino'], []], HeaderParameters: [[]], Buttons: [[], [{ Type: 'Url', Data: '4711' }]] }),
  ),
  // Valid only in threads by WhatsApp.
  SendDiscussionReplyMessage: new Map(values({ Buttons: [[], [], ['Yes'], ['Yes', 'No 👎', 'Later']] })),
  WhatsAppOptIn: new Map(values({ Sender: [identity] })),
  WhatsAppOptOut: new Map(values({ Sender: [identity] })),
};
