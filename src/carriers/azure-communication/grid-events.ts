import { isObject } from '../../core/json.ts';
import { WebhookRefused } from '../carrier.ts';
import { parseJson } from '../parse-json.ts';

/** An event as Event Grid delivers it, in either of its two forms. */
export interface GridEvent {
  id: string;
  type: string;
  /** Each name begins with a small letter. */
  data: Readonly<Record<string, unknown>>;
  /** When it happened, as far as the event says so. */
  at?: Date;
}

/**
 * Reads the events of a call: a list in the form of Event Grid (`eventType`), or one or a list of CloudEvents 1.0
 * (`type`). An event that stands twice counts once. Throws {@link WebhookRefused} (400) where the body is nothing of
 * that kind.
 */
export function parseEvents(body: Uint8Array): GridEvent[] {
  const parsed = parseJson(body);
  const list: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  const events = list.map(parseEvent).filter((event) => event !== undefined);
  if (events.length === 0) throw new WebhookRefused(400, 'the body has no events');
  return [...new Map(events.map((event) => [`${event.type} ${event.id}`, event])).values()];
}

function parseEvent(value: unknown): GridEvent | undefined {
  if (!isObject(value)) return undefined;
  const { id, data } = value;
  const type = value['eventType'] ?? value['type'];
  if (typeof id !== 'string' || typeof type !== 'string') return undefined;
  const at = parseTime(value['eventTime'] ?? value['time']);
  return { id, type, data: isObject(data) ? smallNames(data) : {}, ...(at && { at }) };
}

/** Published examples of the same event write its fields in one form as `messageId`, in the other as `MessageId`. */
function smallNames(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  );
}

/** A time as the carrier writes it (ISO 8601); undefined where it is none. */
export function parseTime(value: unknown): Date | undefined {
  const time = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** The digits of a number or a short code, written with a plus or without; undefined for anything else. */
export function digitsOf(value: unknown): string | undefined {
  return typeof value === 'string' ? /^\+?(\d{3,15})$/.exec(value.trim())?.[1] : undefined;
}
