import { callCarrier, startCall } from '../call.ts';
import type { CallInit, CarrierAnswer, HttpDeps } from '../call.ts';

/** How the carrier is reached. */
export interface CarrierSettings extends HttpDeps {
  url: string;
  apiKey: string;
  /** Where the carrier is to send what it has to say later. */
  reportUrl: string;
}

function addressed({ url, apiKey }: CarrierSettings, path: string, init: CallInit): [url: string, init: CallInit] {
  const headers = { authorization: `Bearer ${apiKey}`, ...init.headers };
  return [`${url.replace(/\/$/, '')}${path}`, { ...init, headers }];
}

/** Asks the carrier for something, with its key. Rejects where no answer comes in time; that includes its body. */
export function askCarrier(settings: CarrierSettings, path: string): Promise<Response> {
  return startCall(settings, ...addressed(settings, path, { method: 'GET' }));
}

/** Posts a body to the carrier, with the report address in it. Rejects where no answer comes in time. */
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
