import { callCarrier, startCall } from '../call.ts';
import type { CallInit, CarrierAnswer, HttpDeps } from '../call.ts';

/** How to reach the carrier. */
export interface CarrierSettings extends HttpDeps {
  url: string;
  apiKey: string;
  /** The address of our webhook, to which the carrier sends reports and template status updates. */
  reportUrl: string;
}

function addressed({ url, apiKey }: CarrierSettings, path: string, init: CallInit): [url: string, init: CallInit] {
  const headers = { authorization: `Bearer ${apiKey}`, ...init.headers };
  return [`${url.replace(/\/$/, '')}${path}`, { ...init, headers }];
}

/** Gets a path of the carrier, with the API key. Rejects if no answer comes in time, including its body. */
export function askCarrier(settings: CarrierSettings, path: string): Promise<Response> {
  return startCall(settings, ...addressed(settings, path, { method: 'GET' }));
}

/** Posts a body to the carrier, and adds the report address. Rejects if no answer comes in time. */
export function postToCarrier(
  settings: CarrierSettings,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<CarrierAnswer> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reportUrl: settings.reportUrl, ...body }),
  } as const;
  return callCarrier(settings, ...addressed(settings, path, init));
}
