/*
 * The closed catalogue of errors. A code is contract: flows branch on it. `message` says what is wrong, `remedy` what
 * to do about it; the remedy is empty where the message says that already. {target} is the field; the code that raises
 * the error fills in the other names.
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
    remedy: 'Split the request into smaller ones.',
  },
  MissingParameter: { status: 400, message: '{target} is empty.', remedy: 'Choose or enter a value.' },
  InvalidParameter: { status: 400, message: '{target} {rule}.', remedy: '' },
  MissingField: { status: 400, message: '{target} is required and must not be empty.', remedy: 'Enter a value.' },
  InvalidField: { status: 400, message: '{target} {rule}.', remedy: '' },
  InvalidCharacters: {
    status: 400,
    message: '{target} contains {what}, which cannot be stored or sent.',
    remedy: 'Remove it.',
  },
  InvalidDateTime: {
    status: 400,
    message: '{target} is not a date and time.',
    remedy: "Write 2026-12-01T09:00 for the customer's local time, or 2026-12-01T09:00:00Z for UTC.",
  },
  InvalidUrl: {
    status: 400,
    message: '{target} is not an absolute http or https address.',
    remedy: 'Enter the full address, starting with https://.',
  },

  // Who calls, and what they may reach
  Unauthenticated: {
    status: 401,
    message: 'The access token or API key is missing or not valid: {reason}.',
    remedy: 'Sign in again, or renew the connection.',
  },
  UserNotAllowed: {
    status: 403,
    message: 'This account may not use SmartDialog.',
    remedy: 'Ask your administrator to add it and to allow its sign-in.',
  },
  MissingScope: {
    status: 403,
    message: 'The access token or API key lacks the scope {scope}, which this operation needs.',
    remedy: "Ask your administrator to grant the scope to the connection's application or key, then sign in again.",
  },
  Throttled: {
    status: 429,
    message: 'This connection made more than {limit} calls within 60 seconds.',
    remedy: 'Wait {wait}, and spread the calls.',
  },
  CustomerNotAssigned: {
    status: 403,
    message: 'This account is not assigned to the customer in {target}.',
    remedy: 'Choose one from the list, or ask your administrator.',
  },
  ServiceNotFound: {
    status: 404,
    message: 'This customer has no service with the id in {target}.',
    remedy: 'Verify the service id: it may belong to another company. After changing Customer, choose Service again.',
  },
  WrongServiceType: {
    status: 400,
    message: 'The service in {target} is {actual}, but this step needs {expected}.',
    remedy: 'Choose another from the list.',
  },

  // Messages
  SenderNotAllowed: {
    status: 400,
    message: '{target} is not a sender that the service may use.',
    remedy: 'Use a sender of the service, or ask your administrator to add this one.',
  },
  ContentTooLong: {
    status: 400,
    message: 'The text of {target} comes to {parts} SMS parts; {limit} is the most.',
    remedy: 'Shorten the text.',
  },
  EmptyContent: {
    status: 400,
    message: 'The text of {target} has no visible character.',
    remedy: 'Enter some text.',
  },
  MissingPlaceholder: {
    status: 400,
    message: '{target} has no value, but the text uses {placeholder}.',
    remedy: 'Add it under Personalization or Placeholders.',
  },
  InvalidPhoneNumber: {
    status: 400,
    message: '{target} is not a phone number.',
    remedy: 'Write country code and number without + or 00: 358401234567.',
  },
  DateTooFarAhead: { status: 400, message: '{target} is more than a year ahead.', remedy: 'Choose an earlier time.' },
  MessageNotFound: {
    status: 404,
    message: 'This customer has no message with the id in {target}.',
    remedy: 'Check the message id and the customer.',
  },
  AttachmentNotCarried: {
    status: 400,
    message: '{target} names an attachment, but {channel} carries none.',
    remedy: 'Leave it empty, or put a link into the text.',
  },
  AttachmentNotFound: {
    status: 404,
    message: 'The link is wrong or has expired.',
    remedy: 'Save files as soon as a message arrives.',
  },
  RequestIdReused: {
    status: 422,
    message: 'A different request used the id in {target} within the last 7 days.',
    remedy: 'Use a new id for a new message.',
  },

  ThreadNotFound: {
    status: 404,
    message: 'This customer has no thread with the id in {target}.',
    remedy: 'Use the Thread Id of a received message, and choose the customer that received it.',
  },
  CallbackRefused: {
    status: 400,
    message: '{target} {rule}.',
    remedy: 'Give a public address.',
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
    remedy: 'Check the number, its region and the group service.',
  },

  // WhatsApp
  IdentityNotFound: {
    status: 404,
    message: 'The number in {target} is not one of the WhatsApp numbers that you may use.',
    remedy: 'Choose one from the list, or ask your administrator to add it to your customer.',
  },
  TemplateNotFound: {
    status: 404,
    message: 'This customer has no approved template with the id in {target}.',
    remedy: 'Choose a template from the list. WhatsApp must approve a new one first.',
  },
  WindowClosed: {
    status: 400,
    message: 'The person last wrote over 24 hours ago; WhatsApp now takes templates only.',
    remedy: 'Use Send WhatsApp Message, or wait for them.',
  },
  TemplateExists: {
    status: 409,
    message: 'Another template already has the id {name}, which follows from {target}.',
    remedy: 'Choose another name.',
  },
  TemplateRefused: {
    status: 400,
    message: 'WhatsApp refused the template: {reason}.',
    remedy: 'Change the template, then create it again.',
  },

  // Failures of ours
  InternalError: {
    status: 500,
    message: 'Something went wrong on our side.',
    remedy: 'Try again. If it happens again, give your administrator the reference {reference}.',
  },
  Unavailable: { status: 503, message: '{what} is not available at the moment.', remedy: 'Try again later.' },
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
 * The maximum number of problems of one kind that one request is checked for. Each problem is an object in memory and
 * in the answer; a body made for the purpose could cause millions.
 */
export const problemLimit = 10_000;

/** Builds a problem from the catalogue; `values` fill the placeholders of message and remedy. */
export function problem(
  code: ErrorCode,
  values: { target?: string; [name: string]: string | number | undefined } = {},
): Problem {
  const { message, remedy }: CatalogueEntry = errorCatalogue[code];
  const sentences = remedy === '' ? message : `${message} ${remedy}`;
  const sentence = sentences
    .replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
    .replace(/^the /, 'The ');
  return { code, message: sentence, ...(values.target === undefined ? {} : { target: values.target }) };
}

/** A refusal that the caller gets as the answer. Anything else thrown is a failure of ours. */
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

/** Throws one ApiError with all the problems of a request; does nothing if there are none. */
export function refuse(problems: readonly Problem[]): void {
  const [first, ...rest] = problems;
  if (first !== undefined) throw new ApiError([first, ...rest]);
}

/** The body of every error answer. Designers show `message` or `error.message`. */
export interface ErrorBody {
  error: { code: ErrorCode; message: string; target?: string; details?: readonly Problem[] };
  message: string;
}

/** Renders an ApiError. `details` lists every problem, if the first one is about a field or parameter. */
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
