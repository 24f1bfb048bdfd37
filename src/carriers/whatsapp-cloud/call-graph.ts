import { callCarrier, failureOfStatus, startCall } from '../call.ts';
import type { CallInit, CarrierAnswer, Failure, HttpDeps } from '../call.ts';
import { readGraphError, wordsOf } from './graph-error.ts';
import { meaningOf } from './reasons.ts';
import type { WhatsAppSettings } from './settings.ts';

/** How to reach the Graph API, and with which token. */
export interface Graph extends WhatsAppSettings, HttpDeps {
  now: () => Date;
}

/** The Graph API doesn't recognise repeats, so a call without a known result must not be repeated. */
export const about = { idempotent: false } as const;

const bearer = ({ token }: Graph): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** Makes the address of a path in the Graph API. */
export function graphUrl({ url, version }: Pick<Graph, 'url' | 'version'>, path: string): string {
  return `${url}/${version}/${path}`;
}

/** Gets a path of the Graph API. Rejects if no answer comes in time. */
export function askGraph(
  graph: Graph,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<CarrierAnswer> {
  const search = new URLSearchParams(query).toString();
  const url = graphUrl(graph, path) + (search === '' ? '' : `?${search}`);
  return callCarrier(graph, url, { method: 'GET', headers: bearer(graph) });
}

/** Posts an object to the Graph API. Rejects if no answer comes in time. */
export function postToGraph(graph: Graph, path: string, body: object): Promise<CarrierAnswer> {
  const headers = { ...bearer(graph), 'content-type': 'application/json' };
  return callCarrier(graph, graphUrl(graph, path), { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Gets one of Meta's addresses with the token, without reading the body. Rejects if no answer comes in time. */
export function askForBytes(graph: Graph, url: string): Promise<Response> {
  const init: CallInit = { method: 'GET', headers: bearer(graph) };
  return startCall(graph, url, init);
}

/** Turns an answer that refuses a call into a failure, by its code or, if that is unknown, by its status. */
export function failureOfAnswer(answer: CarrierAnswer, now: () => Date): Failure {
  const detail = answer.fields['error'];
  const byStatus = failureOfStatus(answer, wordsOf(detail), { ...about, now });
  const error = readGraphError(detail);
  if (error === undefined) return byStatus;
  const code = String(error.code);
  const subcode = error.subcode === undefined ? '' : ` (subcode ${error.subcode})`;
  const message = `${byStatus.message}${subcode}`;
  const meaning = meaningOf(error);
  if (meaning === undefined) return { ...byStatus, code, message };
  const { retryAfterSeconds } = byStatus;
  return { ...meaning, code, message, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}
