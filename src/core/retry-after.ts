const secondsLimit = 86_400;

const weekday = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const time = String.raw`\d{2}:\d{2}:\d{2}`;
/** The current form of a date and the two obsolete ones, which a recipient must still accept (RFC 9110, 5.6.7). */
const dateForm = new RegExp(
  [
    String.raw`^${weekday}, \d{2} ${month} \d{4} ${time} GMT$`,
    String.raw`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-${month}-\d{2} ${time} GMT$`,
    String.raw`^${weekday} ${month} [ \d]\d ${time} \d{4}$`,
  ].join('|'),
);

/**
 * Reads a Retry-After header (RFC 9110, 10.2.3): a number of seconds or a date. Returns whole seconds from now, at most
 * one day; undefined if the header is absent or malformed.
 */
export function readRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value), secondsLimit);
  if (!dateForm.test(value)) return undefined;
  const seconds = Math.ceil((Date.parse(value.endsWith('GMT') ? value : `${value} GMT`) - now.getTime()) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), secondsLimit);
}
