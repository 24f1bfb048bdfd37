/** Hexadecimal digits of the time in an id; enough until the year 10,889. */
export const timeDigits = 12;

/** Writes a time as hexadecimal milliseconds of fixed length, so that ids sort by time. */
export function timeInId(time: Date): string {
  return time.getTime().toString(16).padStart(timeDigits, '0');
}
