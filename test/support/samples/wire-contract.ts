import { expect } from 'vitest';

/*
 * The complete wire contract of the published connector: everything that stored flows and workflows depend on, and the
 * words that makers know. Omits what the contract leaves open (labels that it doesn't give, texts of our own).
 */

/** A value: a parameter, a field, a body, an answer. */
export interface ContractValue {
  type: 'string' | 'date-time' | 'uuid' | 'int32' | 'boolean' | 'object' | 'array';
  label?: string;
  visibility?: 'important' | 'internal';
  required?: true;
  maxLength?: number;
  enum?: readonly string[];
  default?: unknown;
  dropdown?: ContractDropdown;
  notificationUrl?: true;
  fields?: Readonly<Record<string, ContractValue>>;
  items?: ContractValue;
}

export interface ContractDropdown {
  operationId: string;
  collection?: string;
  value?: string;
  title?: string;
  parameters?: Readonly<Record<string, { parameter: string } | string | boolean>>;
}

export interface ContractParameter extends ContractValue {
  in: 'path' | 'query' | 'header';
  encoding?: 'single';
}

export interface ContractOperation {
  operationId: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  summary?: string;
  visibility?: 'important' | 'internal';
  deprecated?: true;
  trigger?: 'single';
  parameters: Readonly<Record<string, ContractParameter>>;
  body?: { name: string; value: ContractValue };
  answer: { status: number; value?: ContractValue };
  notification?: ContractValue;
}

type Options = Omit<ContractValue, 'type' | 'label'>;

const important = { visibility: 'important' } as const;
const internal = { visibility: 'internal' } as const;
const required = { required: true } as const;

const string = (label?: string, options: Options = {}): ContractValue => ({
  type: 'string',
  ...(label === undefined ? {} : { label }),
  ...options,
});
const object = (fields: Readonly<Record<string, ContractValue>>, options: Options = {}): ContractValue => ({
  type: 'object',
  fields,
  ...options,
});
const list = (items: ContractValue, options: Options & { label?: string } = {}): ContractValue => ({
  type: 'array',
  items,
  ...options,
});

const inHeader = (value: ContractValue): ContractParameter => ({ ...value, in: 'header' });
const inQuery = (value: ContractValue): ContractParameter => ({ ...value, in: 'query' });
const inPath = (value: ContractValue): ContractParameter => ({
  ...value,
  in: 'path',
  required: true,
  encoding: 'single',
});

const customers: ContractDropdown = {
  operationId: 'GetUserCustomers',
  collection: 'customerUsers',
  value: 'customerId',
  title: 'customerName',
};

function services(type: string, customerParameter: string, allowReply?: boolean): ContractDropdown {
  return {
    operationId: 'GetCustomerServices',
    value: 'id',
    title: 'name',
    parameters: {
      'Customer-Id': { parameter: customerParameter },
      ServiceType: type,
      ...(allowReply === undefined ? {} : { AllowReplyMessage: allowReply }),
    },
  };
}

const regions: ContractDropdown = { operationId: 'GetPhoneNumberRegions', value: 'value', title: 'name' };
const buttonTypes = ['Call', 'QuickReply', 'Url'];

const requestBody = 'Request Body';

const customerData = string('Customer Data', { maxLength: 255 });
const requestId = string('Request Id', { maxLength: 1000 });

const send = object({
  Sender: string('Message Sender', { ...important, ...required }),
  Content: string('Message Content', { ...important, ...required }),
  Protocol: string('Message Protocol', { ...important, ...required, enum: ['SMS'], default: 'SMS' }),
  SendDateTime: { type: 'date-time', label: 'Send Datetime', ...important },
  Recipients: list(
    object({
      Address: string('Address', { ...important, ...required }),
      Personalization: { type: 'object', label: 'Personalization' },
    }),
    required,
  ),
  AttachmentUri: string('Attachment Uri'),
  CustomerData: customerData,
  AdMessage: { type: 'boolean', label: 'Ad Message' },
  DlrUrl: string('Dlr Url'),
  RequestId: requestId,
});

const sentFields = {
  MessageId: string('Message Id'),
  MessagePartCount: { type: 'int32', label: 'Message Part Count' },
  Recipients: list(object({ Address: string('Recipient Address'), Id: string('Recipient Id') })),
} as const;

const sender = {
  'Customer-Id': inHeader(string('Customer', { ...important, ...required, dropdown: customers })),
  'Service-Id': inHeader(
    string('Service', { ...important, ...required, dropdown: services('OneWay', 'Customer-Id', false) }),
  ),
};

const contactFields = {
  active: { type: 'boolean', label: 'Active', default: true },
  phone: string('Phone'),
  email: string('Email'),
  firstName: string('Firstname'),
  lastName: string('Lastname'),
  gender: string('Gender', { enum: ['Male', 'Female', 'Other'] }),
  birthYear: { type: 'int32', label: 'Birth Year' },
  streetAddress: string('Street Address'),
  zipCode: string('Zip Code'),
  city: string('City'),
  countryCode: string('Country Code'),
  customContactProperties: list(object({ name: string('Name'), value: string('Value') }), {
    label: 'Custom Properties',
  }),
} as const;
const { active, phone, ...commonContactFields } = contactFields;
const phoneNumberRegions = list(string(undefined, { dropdown: regions }), { label: 'Phonenumber Regions' });

const groupPath = '/groupcontact/{Customer}/{Group Service}';
const group = (options: Options = {}) => ({
  Customer: inPath(string('Customer', { ...options, dropdown: customers })),
  'Group Service': inPath(string('Group Service', { ...options, dropdown: services('Group', 'Customer') })),
});
// The contract has no dropdowns for operations that change or delete contacts.
const plainGroup = { Customer: inPath(string('Customer')), 'Group Service': inPath(string('Group Service')) };
const plainContact = { ...plainGroup, Phone: inPath(string('Phone')) };

const optIn = {
  path: '/whatsapp/opt-in/sender/{Sender}/recipient/{Recipient}',
  visibility: 'important',
  deprecated: true,
  parameters: { Sender: inPath(string('Sender address')), Recipient: inPath(string('Recipient address')) },
  answer: { status: 204 },
} as const;

/** The published operations, in the order of the contract's table. */
export const contractOperations: readonly ContractOperation[] = [
  {
    operationId: 'SendMessage',
    method: 'POST',
    path: '/messages',
    summary: 'Send Message',
    visibility: 'important',
    parameters: sender,
    body: { name: requestBody, value: send },
    answer: { status: 200, value: object(sentFields) },
  },
  {
    operationId: 'SendReplyMessage',
    method: 'POST',
    path: '/messages/reply/{ParentMessageId}',
    summary: 'Send Reply Message',
    visibility: 'important',
    parameters: {
      ParentMessageId: inPath(string('ParentMessage Id', important)),
      'Customer-Id': sender['Customer-Id'],
      'Service-Id': inHeader(
        string('Service', { ...important, ...required, dropdown: services('OneWay', 'Customer-Id', true) }),
      ),
    },
    body: { name: requestBody, value: send },
    answer: { status: 200, value: object(sentFields) },
  },
  {
    operationId: 'SendDiscussionReplyMessage',
    method: 'POST',
    path: '/messages/discussion/reply',
    summary: 'Send Discussion Reply Message',
    visibility: 'important',
    parameters: { CustomerId: inHeader(string('Customer', { ...important, ...required, dropdown: customers })) },
    body: {
      name: requestBody,
      value: object({
        ThreadId: string('Thread Id', { ...important, ...required }),
        Content: string('Message Content', { ...important, ...required }),
        CustomerData: customerData,
      }),
    },
    answer: { status: 200, value: object({ ...sentFields, ThreadId: string() }) },
  },
  {
    operationId: 'SendWhatsappTemplateMessage',
    method: 'POST',
    path: '/messages/templates/whatsapp',
    summary: 'Send WhatsApp Message',
    visibility: 'important',
    parameters: sender,
    body: {
      name: requestBody,
      value: object({
        TemplateName: string('WhatsApp Template', {
          ...important,
          ...required,
          dropdown: {
            operationId: 'GetCustomerWhatsAppTemplates',
            value: 'id',
            title: 'extensionParameters/rawContent',
            parameters: { 'Customer-Id': { parameter: 'Customer-Id' } },
          },
        }),
        Recipients: list(object({ Address: string('Address', required) }), required),
        BodyParameters: list(string('Template Body Parameters')),
        HeaderParameters: list(string('Template Header Parameters')),
        Buttons: list(object({ Type: string('Type', { enum: buttonTypes }), Data: string('Text') })),
        SendDateTime: string('Send Datetime'),
        AttachmentUri: string('Attachment Uri'),
        UseSmsFallback: { type: 'boolean', label: 'Use SMS Fallback' },
        DlrUrl: string('Dlr Url'),
        CustomerData: customerData,
        RequestId: requestId,
      }),
    },
    answer: {
      status: 200,
      value: object({
        messageId: string('Message Id'),
        messagePartCount: { type: 'int32', label: 'Message Part Count' },
        recipients: list(object({ address: string('Recipient Address'), id: string('Recipient Id') })),
      }),
    },
  },
  {
    operationId: 'NewMessage',
    method: 'POST',
    path: '/service/{Service}/pipelines/actions',
    summary: 'New Message',
    trigger: 'single',
    parameters: {
      Customer: inHeader(string('Customer', { ...important, ...required, dropdown: customers })),
      Service: inPath(string('Service', { ...important, dropdown: services('TwoWay', 'Customer') })),
    },
    body: {
      name: 'Create webhook request body',
      value: object({
        name: string('Action Name', { ...internal, ...required, default: 'PowerAutomate (Auto Created Webhook)' }),
        actionType: string('Action Type', { ...internal, ...required, default: 'HttpRequest' }),
        description: string('Action Description', { ...internal, ...required, default: expect.any(String) as unknown }),
        options: object(
          {
            endpointUrl: string('Endpoint Url', { ...internal, ...required, notificationUrl: true }),
            httpVerb: string('Http Method', { ...internal, ...required, default: 'POST' }),
          },
          required,
        ),
      }),
    },
    answer: { status: 201, value: object({ id: string() }) },
    notification: object({
      sender: string('Message Sender', important),
      recipient: string('Message Recipient', important),
      content: string('Message Content', important),
      timestamp: { type: 'date-time', label: 'Message Timestamp', ...important },
      protocol: string('Message Protocol', important),
      attachments: list(
        object({
          name: string('Attachment Filename', important),
          mimeType: string('Attachment Mime Type', important),
          resourceLocation: string('Attachment Resource Location', important),
        }),
      ),
      messageId: string('Message Id', important),
    }),
  },
  {
    operationId: 'DeleteTrigger',
    method: 'DELETE',
    path: '/pipelines/{Pipeline-Id}/actions/{Action-Id}',
    visibility: 'internal',
    parameters: { 'Pipeline-Id': inPath(string('Pipeline Id')), 'Action-Id': inPath(string('Action Id')) },
    answer: { status: 204 },
  },
  {
    operationId: 'CreateWhatsappTemplate',
    method: 'POST',
    path: '/whatsapp/templates/{Customer-Id}/{IdentityNumber}',
    summary: 'Create WhatsApp template',
    parameters: {
      'Customer-Id': inPath(string('Customer', { ...important, dropdown: customers })),
      IdentityNumber: inPath(
        string('IdentityNumber', {
          ...important,
          dropdown: {
            operationId: 'GetCustomerWhatsappIdentities',
            value: 'inputSource/address',
            title: 'inputSource/address',
            parameters: { 'Customer-Id': { parameter: 'Customer-Id' } },
          },
        }),
      ),
    },
    body: {
      name: requestBody,
      value: object({
        DisplayName: string('Displayname', { ...required, maxLength: 100 }),
        RawContent: string('Content', required),
        Category: string('Template Category', {
          ...important,
          ...required,
          dropdown: { operationId: 'GetWhatsappTemplateCategories' },
        }),
        Language: string('Template Language', required),
        Buttons: list(
          object({
            Type: string('Button Type', { enum: buttonTypes }),
            Label: string('Button Label'),
            Data: string('Button Data'),
          }),
        ),
        AttachmentUrl: string('Attachment Url'),
      }),
    },
    answer: { status: 204 },
  },
  {
    operationId: 'GetCustomerWhatsAppTemplates',
    method: 'GET',
    path: '/whatsapp/templates/{Customer-Id}',
    visibility: 'internal',
    parameters: { 'Customer-Id': inPath(string()), TemplateId: inQuery(string()) },
    answer: {
      status: 200,
      value: list(
        object({
          id: string('Template Name', internal),
          displayName: string('Displayname'),
          extensionParameters: object({ rawContent: string('Template Content', internal) }),
        }),
      ),
    },
  },
  {
    operationId: 'GetWhatsappTemplateCategories',
    method: 'GET',
    path: '/whatsapp/templates/categories',
    visibility: 'internal',
    parameters: {},
    answer: { status: 200, value: list(string()) },
  },
  {
    operationId: 'GetCustomerWhatsappIdentities',
    method: 'GET',
    path: '/whatsapp/identities/{Customer-Id}',
    visibility: 'internal',
    parameters: { 'Customer-Id': inPath(string(undefined, { ...important, dropdown: customers })) },
    answer: { status: 200, value: list(object({ inputSource: object({ address: string('Identity Number') }) })) },
  },
  { operationId: 'WhatsAppOptIn', method: 'POST', summary: 'WhatsApp Opt In (deprecated)', ...optIn },
  { operationId: 'WhatsAppOptOut', method: 'DELETE', summary: 'WhatsApp Opt Out (deprecated)', ...optIn },
  {
    operationId: 'CreateGroupContact',
    method: 'POST',
    path: groupPath,
    summary: 'Create group contact',
    parameters: group(important),
    body: {
      name: requestBody,
      value: object({ ...contactFields, phone: string('Phone', required), phoneNumberRegions }),
    },
    answer: { status: 200, value: { type: 'uuid', label: 'Contact Id' } },
  },
  {
    operationId: 'GetGroupContact',
    method: 'GET',
    path: `${groupPath}/{Phone}`,
    summary: 'Get Group Contact',
    parameters: { ...group(), Phone: plainContact.Phone, Region: inQuery(string('Region', { dropdown: regions })) },
    answer: {
      status: 200,
      value: object({ phone, ...commonContactFields, failedMessages: { type: 'int32', label: 'Failed Messages' } }),
    },
  },
  {
    operationId: 'UpdateGroupContact',
    method: 'PUT',
    path: `${groupPath}/{Phone}`,
    summary: 'Update Group Contact',
    parameters: plainContact,
    body: { name: requestBody, value: object({ active, ...commonContactFields, phoneNumberRegions }) },
    answer: { status: 200, value: { type: 'boolean' } },
  },
  {
    operationId: 'DeleteGroupContact',
    method: 'DELETE',
    path: `${groupPath}/{Phone}`,
    summary: 'Delete Group Contact',
    parameters: plainContact,
    answer: { status: 200, value: { type: 'boolean' } },
  },
  {
    operationId: 'DeleteAllGroupContacts',
    method: 'DELETE',
    path: groupPath,
    summary: 'Delete All Group Contacts',
    parameters: plainGroup,
    answer: { status: 200, value: { type: 'boolean' } },
  },
  {
    operationId: 'GetUserCustomers',
    method: 'GET',
    path: '/customers',
    visibility: 'internal',
    parameters: {},
    answer: {
      status: 200,
      value: object({
        customerUsers: list(object({ customerId: string('Customer Id'), customerName: string('Customer Name') })),
      }),
    },
  },
  {
    operationId: 'GetCustomerServices',
    method: 'GET',
    path: '/services/{Customer-Id}',
    visibility: 'internal',
    parameters: {
      'Customer-Id': inPath(string('Customer')),
      ServiceType: inHeader(
        string('Service Type', {
          ...internal,
          ...required,
          enum: ['OneWay', 'TwoWay', 'Group'],
          default: 'OneWay',
        }),
      ),
      AllowReplyMessage: inHeader({ type: 'boolean', label: 'Allow Reply Message', ...internal }),
    },
    answer: { status: 200, value: list(object({ id: string('Service Id'), name: string('Service Name') })) },
  },
  {
    operationId: 'GetPhoneNumberRegions',
    method: 'GET',
    path: '/phonenumberregions',
    visibility: 'internal',
    parameters: {},
    answer: {
      status: 200,
      value: list(object({ value: string('Region Country Code'), name: string('Region Name') })),
    },
  },
];
