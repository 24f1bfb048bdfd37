/** Digits of a time in an id: enough for the year 10,889. */
export const timeDigits = 12;

/** A time as ids carry it, in hexadecimal milliseconds: it sorts as a text. */
export function timeInId(time: Date): string {
  return time.getTime().toString(16).padStart(timeDigits, '0');
}
