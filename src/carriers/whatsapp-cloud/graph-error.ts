import { fieldsOf, textOf } from '../fields.ts';

/** An error of the Graph API, in an answer or in a webhook call. */
export interface GraphError {
  code: number;
  subcode?: number;
  /** Meta's own words: the most detailed text of the error. */
  words: string;
}

/** Reads an error; returns undefined if the value has no code. */
export function readGraphError(value: unknown): GraphError | undefined {
  const error = fieldsOf(value);
  const { code, error_subcode: subcode } = error;
  if (typeof code !== 'number' || !Number.isInteger(code)) return undefined;
  const hasSubcode = typeof subcode === 'number' && Number.isInteger(subcode);
  return { code, ...(hasSubcode ? { subcode } : {}), words: wordsOf(error) };
}

/** Returns the most detailed text of an error; empty if it has none. */
export function wordsOf(value: unknown): string {
  const error = fieldsOf(value);
  const details = fieldsOf(error['error_data'])['details'];
  const detail = [details, error['error_user_msg'], error['message'], error['title']].find((each) => textOf(each));
  return textOf(detail) ?? '';
}
