/** One message that a client submits. */
export interface SubmittedMessage {
  /** The client's id of the recipient. A repeated id is the same submission. */
  id: string;
  messageId: string;
  sender: string;
  /** The phone's number as written by the client. */
  to: string;
  protocol: 'SMS' | 'WhatsApp';
  content: string;
  parts: number;
  /** Labels of the buttons below the text; WhatsApp only. */
  buttons?: string[];
}

/** The body of `POST /messages`. */
interface Submission {
  /** Where the delivery reports go. */
  reportUrl: string;
  messages: SubmittedMessage[];
}

/** The error for a malformed call. The message is a sentence for the client. */
export class BadSubmission extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'BadSubmission';
  }
}

const maximumMessages = 100;

const isText = (value: unknown): boolean => typeof value === 'string';
const isFilledText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const fields: Record<
  Exclude<keyof SubmittedMessage, 'buttons'>,
  { expected: string; fits: (value: unknown) => boolean }
> = {
  id: { expected: 'a text that is not empty', fits: isFilledText },
  messageId: { expected: 'a text that is not empty', fits: isFilledText },
  sender: { expected: 'a text that is not empty', fits: isFilledText },
  to: { expected: 'a text that is not empty', fits: isFilledText },
  protocol: { expected: 'SMS or WhatsApp', fits: (value) => value === 'SMS' || value === 'WhatsApp' },
  content: { expected: 'a text', fits: isText },
  parts: { expected: 'a whole number from 1', fits: (value) => Number.isSafeInteger(value) && (value as number) >= 1 },
};

/** Whether a JSON value is an object with named fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a text is an http or https address. */
export function isHttpUrl(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}

/** Whether WhatsApp accepts a value as the labels of a message's buttons. */
function areLabels(value: unknown): value is string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 3) return false;
  const isLabel = (label: unknown): boolean => typeof label === 'string' && label !== '' && label.length <= 20;
  return value.every(isLabel) && new Set(value).size === value.length;
}

/** Copies the known fields only, so that nothing else that a client sends is stored. */
function parseMessage(value: unknown, index: number): SubmittedMessage {
  if (!isRecord(value)) throw new BadSubmission(`messages[${index}] must be an object.`);
  const known = Object.entries(fields).map(([name, { expected, fits }]) => {
    if (!fits(value[name])) throw new BadSubmission(`messages[${index}].${name} must be ${expected}.`);
    return [name, value[name]] as const;
  });
  const message = Object.fromEntries(known) as unknown as SubmittedMessage;
  const { buttons } = value;
  if (buttons === undefined) return message;
  if (message.protocol !== 'WhatsApp') throw new BadSubmission(`messages[${index}].buttons are for WhatsApp only.`);
  if (!areLabels(buttons)) {
    throw new BadSubmission(`messages[${index}].buttons must be 1 to 3 different texts of 1 to 20 characters.`);
  }
  return { ...message, buttons };
}

/**
 * Parses a body as a JSON object.
 *
 * @throws {BadSubmission} if the body is anything else
 */
export function parseObject(text: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new BadSubmission('The body must be JSON.');
  }
  if (!isRecord(body)) throw new BadSubmission('The body must be an object.');
  return body;
}

/**
 * Parses a body as an object with `reportUrl`, which every body of a client has.
 *
 * @throws {BadSubmission} if the body is anything else
 */
export function parseBody(text: string): Record<string, unknown> & { reportUrl: string } {
  const body = parseObject(text);
  const { reportUrl } = body;
  if (typeof reportUrl !== 'string' || !isHttpUrl(reportUrl)) {
    throw new BadSubmission('reportUrl must be an http or https address.');
  }
  return { ...body, reportUrl };
}

/**
 * Parses the body of `POST /messages`.
 *
 * @throws {BadSubmission} names the first invalid field
 */
export function parseSubmission(text: string): Submission {
  const { reportUrl, messages } = parseBody(text);
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > maximumMessages) {
    throw new BadSubmission(`messages must be a list of 1 to ${maximumMessages}.`);
  }
  return { reportUrl, messages: messages.map(parseMessage) };
}

/**
 * Returns the digits of a number, written with or without `+`; undefined if it can't be a number. The shortest short
 * code has 3 digits, the longest number 15 (ITU-T E.164).
 */
export function digitsOf(number: string): string | undefined {
  return /^\+?(\d{3,15})$/.exec(number.trim())?.[1];
}
