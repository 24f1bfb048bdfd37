import { isObject } from '../../core/json.ts';
import { WebhookRefused } from '../carrier.ts';
import { parseJson } from '../parse-json.ts';

/** An event that Event Grid delivered, in either of its two formats. */
export interface GridEvent {
  id: string;
  type: string;
  /** Each name begins with a lower-case letter. */
  data: Readonly<Record<string, unknown>>;
  /** When the event happened; absent if it has no valid time. */
  at?: Date;
}

/**
 * Parses the events of a call: a list in the format of Event Grid (`eventType`), or one or several CloudEvents 1.0
 * (`type`). Duplicates are removed.
 *
 * @throws {WebhookRefused} 400 if the body contains no event
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

/** Published examples of one event name the same field `messageId` in one format and `MessageId` in the other. */
function smallNames(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  );
}

/** Parses a time in ISO 8601; returns undefined if the value is anything else. */
export function parseTime(value: unknown): Date | undefined {
  const time = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Returns the digits of a number or short code, with or without a plus; undefined for anything else. */
export function digitsOf(value: unknown): string | undefined {
  return typeof value === 'string' ? /^\+?(\d{3,15})$/.exec(value.trim())?.[1] : undefined;
}
