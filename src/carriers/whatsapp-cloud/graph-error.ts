import { fieldsOf, textOf } from '../fields.ts';

/** An error as the Graph API tells it, in an answer or in a webhook call. */
export interface GraphError {
  code: number;
  subcode?: number;
  /** Meta's own words, the most telling that there are. */
  words: string;
}

/** Reads an error; undefined where it is none. */
export function readGraphError(value: unknown): GraphError | undefined {
  const error = fieldsOf(value);
  const { code, error_subcode: subcode } = error;
  if (typeof code !== 'number' || !Number.isInteger(code)) return undefined;
  const isTold = typeof subcode === 'number' && Number.isInteger(subcode);
  return { code, ...(isTold ? { subcode } : {}), words: wordsOf(error) };
}

/** What an error says; empty where it says nothing. */
export function wordsOf(value: unknown): string {
  const error = fieldsOf(value);
  const details = fieldsOf(error['error_data'])['details'];
  const detail = [details, error['error_user_msg'], error['message'], error['title']].find((each) => textOf(each));
  return textOf(detail) ?? '';
}
