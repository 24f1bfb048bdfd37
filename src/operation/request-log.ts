/** The log entry of a request; holds no content and no token. */
export interface RequestLog {
  operation: string;
  status: number;
  code?: string;
  customer?: string;
  reference: string;
  /** The message that the request sent or read. */
  messageId?: string;
  /** The message that the sent message replies to: an inbound message, or one that we sent. */
  parentMessageId?: string;
  threadId?: string;
  /** The caller's own ids for the call; see {@link correlationIds}. */
  clientTrackingId?: string;
  traceparent?: string;
  /** The error, if the failure is ours. */
  error?: unknown;
}

type Ids = Pick<RequestLog, 'messageId' | 'parentMessageId' | 'threadId'>;

const idForms: readonly [field: string, name: keyof Ids, form: RegExp][] = [
  ['MessageId', 'messageId', /^[0-9a-f]{32}$/],
  ['ParentMessageId', 'parentMessageId', /^i?[0-9a-f]{32,48}$/],
  ['ThreadId', 'threadId', /^[0-9a-f]{44}$/],
];

/** Picks our ids from a request's parameters or from an answer. */
export function idsAmong(fields: unknown): Ids {
  const values = (fields ?? {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    idForms.flatMap(([field, name, form]) => {
      const value = values[field];
      return typeof value === 'string' && form.test(value) ? [[name, value]] : [];
    }),
  );
}

const correlationHeaders: readonly [header: string, name: 'clientTrackingId' | 'traceparent', form: RegExp][] = [
  // Logic Apps sends this with every call of a run; a maker can set its value.
  ['x-ms-client-tracking-id', 'clientTrackingId', /^[\w.:-]{1,100}$/],
  ['traceparent', 'traceparent', /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/],
];

/** Reads the ids by which callers correlate their calls. Drops malformed ones, because anybody may send any text. */
export function correlationIds(headers: {
  get(name: string): string | null;
}): Pick<RequestLog, 'clientTrackingId' | 'traceparent'> {
  return Object.fromEntries(
    correlationHeaders.flatMap(([header, name, form]) => {
      const value = headers.get(header);
      return value !== null && form.test(value) ? [[name, value]] : [];
    }),
  );
}
