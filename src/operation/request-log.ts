/** What a request left behind, for the log; no content, no token. */
export interface RequestLog {
  operation: string;
  status: number;
  code?: string;
  customer?: string;
  reference: string;
  /** The message that was sent or asked for. */
  messageId?: string;
  /** What the message answers: one of a phone, or one of ours. */
  parentMessageId?: string;
  threadId?: string;
  /** The caller's own names for what it does; see {@link correlationIds}. */
  clientTrackingId?: string;
  traceparent?: string;
  /** The failure itself, where it is ours. */
  error?: unknown;
}

type Ids = Pick<RequestLog, 'messageId' | 'parentMessageId' | 'threadId'>;

const idForms: readonly [field: string, name: keyof Ids, form: RegExp][] = [
  ['MessageId', 'messageId', /^[0-9a-f]{32}$/],
  ['ParentMessageId', 'parentMessageId', /^i?[0-9a-f]{32,48}$/],
  ['ThreadId', 'threadId', /^[0-9a-f]{44}$/],
];

/** The ids of ours among the fields of a request's parameters or of an answer. */
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
  // Logic Apps sends it with every call of a run, and its user may set it.
  ['x-ms-client-tracking-id', 'clientTrackingId', /^[\w.:-]{1,100}$/],
  ['traceparent', 'traceparent', /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/],
];

/** The ids by which a caller finds its own call again, where they are well-formed: anybody may send any text. */
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
