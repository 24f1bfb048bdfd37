/*
 * The catalogue of all errors. A code is part of the contract: flows branch on it. `message` says what is wrong,
 * `remedy` what to do about it. In a message, {target} stands for the field; the code that raises the error fills in
 * other names.
 */
interface CatalogueEntry {
  status: number;
  message: string;
  remedy: string;
}

export const errorCatalogue = {
  // The request as a whole
  InvalidJson: {
    status: 400,
    message: 'The body is not valid JSON: {reason}.',
    remedy: 'Send one JSON object encoded in UTF-8.',
  },
  UnsupportedContentType: {
    status: 415,
    message: 'The content type {contentType} is not supported.',
    remedy: 'Send the body as application/json.',
  },
  BodyTooLarge: {
    status: 413,
    message: 'The body is larger than {limit} bytes.',
    remedy: 'Split the send into several requests.',
  },
  MissingParameter: { status: 400, message: 'The {place} parameter {target} is missing.', remedy: 'Fill it in.' },
  InvalidParameter: { status: 400, message: 'The {place} parameter {target} {rule}.', remedy: 'Correct the value.' },
  MissingField: { status: 400, message: '{target} is required and must not be empty.', remedy: 'Fill it in.' },
  InvalidField: { status: 400, message: '{target} {rule}.', remedy: 'Correct the value.' },
  InvalidCharacters: {
    status: 400,
    message: '{target} contains {what}, which no message can carry.',
    remedy: 'Remove it.',
  },
  InvalidDateTime: {
    status: 400,
    message: '{target} is not a date and time.',
    remedy: 'Use ISO 8601, for example 2026-12-01T09:00:00Z.',
  },
  InvalidUrl: {
    status: 400,
    message: '{target} is not an absolute http or https address.',
    remedy: 'Give the full address, beginning with https://.',
  },

  // Who calls, and what they may reach
  Unauthenticated: {
    status: 401,
    message: 'The access token or API key is missing or not valid: {reason}.',
    remedy: 'Sign in again, or renew the connection.',
  },
  UserNotAllowed: {
    status: 403,
    message: 'This user is not allowed to use the interface.',
    remedy: 'Ask your administrator to add the user to the directory, and to allow signing in with OAuth 2.0.',
  },
  MissingScope: {
    status: 403,
    message: 'The access token or API key lacks the scope {scope}, which this operation needs.',
    remedy: 'Ask your administrator to grant it to the application or key of the connection, then sign in again.',
  },
  Throttled: {
    status: 429,
    message: 'More than {limit} calls within 60 seconds were made with this connection.',
    remedy: 'Wait {seconds} seconds, and spread the calls.',
  },
  CustomerNotAssigned: {
    status: 403,
    message: 'The customer in {target} is not one that this user is assigned to.',
    remedy: 'Choose a customer from the list, or ask your administrator to assign it.',
  },
  ServiceNotFound: {
    status: 404,
    message: 'The service in {target} is not a service of this customer.',
    remedy: 'Verify the service id: it may be mistyped or belong to another company.',
  },
  WrongServiceType: {
    status: 400,
    message: 'The service in {target} is of type {actual}; this operation needs {expected}.',
    remedy: 'Choose a service of the right type.',
  },

  // Messages
  SenderNotAllowed: {
    status: 400,
    message: '{target} is not a sender that the service may use.',
    remedy: 'Use one of the senders of the service, or ask your administrator to add this one.',
  },
  ContentTooLong: {
    status: 400,
    message: '{target} makes a text of {parts} parts; a message has at most {limit}.',
    remedy: 'Shorten the text.',
  },
  EmptyContent: {
    status: 400,
    message: '{target} makes a text without a visible character.',
    remedy: 'Give the message some text.',
  },
  MissingPlaceholder: {
    status: 400,
    message: '{target} has no value, but the content uses the placeholder {placeholder}.',
    remedy: 'Give the recipient a value for it.',
  },
  InvalidPhoneNumber: {
    status: 400,
    message: '{target} is not a phone number.',
    remedy: 'Use the international format without prefixes, for example 358401234567.',
  },
  DateTooFarAhead: { status: 400, message: '{target} is more than a year ahead.', remedy: 'Choose an earlier time.' },
  MessageNotFound: {
    status: 404,
    message: 'The message in {target} is not a message of this customer.',
    remedy: 'Verify the message id and the customer.',
  },
  AttachmentNotCarried: {
    status: 400,
    message: '{target} names an attachment, which {channel} can not carry.',
    remedy: 'Leave it empty, or put a link into the text.',
  },
  AttachmentNotFound: {
    status: 404,
    message: 'The attachment is not there, or its address has expired.',
    remedy: 'Take it from the message within the time that the address is good for.',
  },
  RequestIdReused: {
    status: 422,
    message: 'The request id in {target} was used for a different request within the last 7 days.',
    remedy: 'Use a new request id for a new message.',
  },

  ThreadNotFound: {
    status: 404,
    message: 'The thread in {target} is not a thread of this customer.',
    remedy: 'Take the thread id from the received message, and choose the customer that received it.',
  },
  CallbackRefused: {
    status: 400,
    message: '{target} {rule}.',
    remedy: 'Give a public address; that of a trigger is filled in by the platform.',
  },

  // Contacts
  ContactExists: {
    status: 409,
    message: 'The group already has a contact with the number in {target}.',
    remedy: 'Update that contact, or delete it first.',
  },
  ContactNotFound: {
    status: 404,
    message: 'The group has no contact with the number in {target}.',
    remedy: 'Verify the number, the region in which it is read, and the group service.',
  },

  // WhatsApp
  IdentityNotFound: {
    status: 404,
    message: 'The number in {target} is not a WhatsApp number that you may use.',
    remedy: 'Choose one from the list, or ask your administrator to add it to your customer.',
  },
  TemplateNotFound: {
    status: 404,
    message: 'The template in {target} is not an approved template of this customer.',
    remedy: 'Choose a template from the list; a new one must be approved first.',
  },
  WindowClosed: {
    status: 400,
    message:
      'The phone of the thread in {target} has not written within the last 24 hours, after which WhatsApp takes no free text to it.',
    remedy: 'Send an approved template with Send WhatsApp Message, or wait until the phone writes.',
  },
  TemplateExists: {
    status: 409,
    message: '{target} makes the id {name}, which another template of this customer has.',
    remedy: 'Choose another display name.',
  },
  TemplateRefused: {
    status: 400,
    message: 'WhatsApp does not take the template: {reason}.',
    remedy: 'Change the template accordingly.',
  },

  // Failures of ours
  InternalError: {
    status: 500,
    message: 'Something went wrong on our side.',
    remedy: 'Try again; if it stays, give your administrator the reference {reference}.',
  },
  Unavailable: { status: 503, message: '{what} is not available at the moment.', remedy: 'Try again a little later.' },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

/** One problem of a request. */
export interface Problem {
  code: ErrorCode;
  /** One or two sentences: what is wrong, and what to do. */
  message: string;
  /** The field, as its sender writes it: `Recipients[3].Address`, `Customer-Id`. */
  target?: string;
}

/**
 * How many problems of one kind are collected from a request. Each takes memory and space in the answer, and a hostile
 * body could hold millions.
 */
export const problemLimit = 10_000;

/** Builds a problem from the catalogue; `values` fill the placeholders of the message. */
export function problem(
  code: ErrorCode,
  values: { target?: string; [name: string]: string | number | undefined } = {},
): Problem {
  const { message, remedy }: CatalogueEntry = errorCatalogue[code];
  const sentence = `${message} ${remedy}`.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
  return { code, message: sentence, ...(values.target === undefined ? {} : { target: values.target }) };
}

/** The refusal of a request, which the caller reads. Any other error that is thrown is a failure of ours. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly problems: readonly Problem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(problems: readonly [Problem, ...Problem[]], headers: Readonly<Record<string, string>> = {}) {
    const [first] = problems;
    super(first.message);
    this.name = 'ApiError';
    this.code = first.code;
    this.status = errorCatalogue[first.code].status;
    this.problems = problems;
    this.headers = headers;
  }
}

/** Builds an ApiError with one problem. */
export function apiError(
  code: ErrorCode,
  values: Parameters<typeof problem>[1] = {},
  headers?: Readonly<Record<string, string>>,
): ApiError {
  return new ApiError([problem(code, values)], headers);
}

/** Throws one ApiError for all the problems of a request, if there are any. */
export function refuse(problems: readonly Problem[]): void {
  const [first, ...rest] = problems;
  if (first !== undefined) throw new ApiError([first, ...rest]);
}

/** The body of every error answer. Designers show `message` or `error.message`. */
export interface ErrorBody {
  error: { code: ErrorCode; message: string; target?: string; details?: readonly Problem[] };
  message: string;
}

/** Renders an ApiError as a body; `details` lists the problems of the request's body and parameters. */
export function errorBody({ code, message, problems }: ApiError): ErrorBody {
  const [first] = problems;
  const more = problems.length - 1;
  const sentence =
    more === 0 ? message : `${message} (${more} more ${more === 1 ? 'problem' : 'problems'}: see details.)`;
  return {
    error: {
      code,
      message: sentence,
      ...(first?.target === undefined ? {} : { target: first.target, details: problems }),
    },
    message: sentence,
  };
}
