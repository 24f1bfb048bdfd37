const form =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[Tt ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d{1,9})?)?(?<offset>[Zz]|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Tells whether {@link parseDateTime} can read a text: a date and time in ISO 8601, on a day that exists. Seconds,
 * fractions and the offset are optional. A date alone means midnight.
 */
export function isDateTime(text: string): boolean {
  const parts = form.exec(text.trim())?.groups;
  if (parts === undefined) return false;
  const { year, month, day, hour = '00', minute = '00', second = '00', offset = 'Z' } = parts;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(day)) return false;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return false;
  return /^[Zz]$/.test(offset) || (Number(offset.slice(1, 3)) <= 14 && Number(offset.slice(-2)) <= 59);
}

/**
 * Reads a text that {@link isDateTime} accepts. A time without an offset is a local time of `timeZone` (an IANA name).
 * When clocks go forward, a local time that they skip is read as if they had not moved; when clocks go back, a local
 * time that occurs twice means the earlier moment.
 */
export function parseDateTime(text: string, timeZone: string): Date {
  const { year, month, day, hour = '00', minute = '00', second = '00', offset } = form.exec(text.trim())?.groups ?? {};
  const fraction = /\.(\d{1,3})/.exec(text)?.[1]?.padEnd(3, '0') ?? '000';
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}`;
  if (offset !== undefined) {
    return new Date(local + (/^[Zz]$/.test(offset) ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(-2)}`));
  }
  const asUtc = new Date(`${local}Z`).getTime();
  const dayBefore = asUtc - zoneOffset(asUtc - 86_400_000, timeZone);
  const dayAfter = asUtc - zoneOffset(asUtc + 86_400_000, timeZone);
  const matches = [dayBefore, dayAfter].filter((moment) => moment + zoneOffset(moment, timeZone) === asUtc);
  return new Date(Math.min(...(matches.length > 0 ? matches : [dayBefore])));
}

/** Returns how many milliseconds the zone's clock is ahead of UTC at a moment. */
function zoneOffset(moment: number, timeZone: string): number {
  // `GMT+02:00`; for local times from before standard time also `GMT+01:39:49`.
  const shown = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).format(moment);
  const [, sign, hours = 0, minutes = 0, seconds = 0] = /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(shown) ?? [];
  const size = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
  return sign === '-' ? -size : size;
}
