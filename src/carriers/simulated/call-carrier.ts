/** How the carrier is reached. */
export interface CarrierSettings {
  url: string;
  apiKey: string;
  /** Where the carrier is to send what it has to say later. */
  reportUrl: string;
  fetch: typeof fetch;
  timeoutMs: number;
}

/** Calls the carrier with its key. Rejects where no answer comes in time; that includes the answer's body. */
export function askCarrier(
  { url, apiKey, fetch, timeoutMs }: CarrierSettings,
  path: string,
  init: { method: 'GET' | 'POST'; headers?: Readonly<Record<string, string>>; body?: string },
): Promise<Response> {
  return fetch(`${url.replace(/\/$/, '')}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${apiKey}`, ...init.headers },
    // A redirect would carry the key elsewhere.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
}

/** Posts a body to the carrier, with the report address in it. Rejects where no answer comes in time. */
export async function callCarrier(
  settings: CarrierSettings,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<{ response: Response; answer: Record<string, unknown> }> {
  const response = await askCarrier(settings, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reportUrl: settings.reportUrl, ...body }),
  });
  return { response, answer: parseFields(await response.text()) };
}

/** What the network says where no connection came about. */
const connectionFailures = new Set<unknown>([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether a call that was rejected with this certainly never reached the carrier. */
export function neverLeft(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && connectionFailures.has((cause as NodeJS.ErrnoException).code);
}

/** Why no answer arrived, from what a call rejected with: a code and a sentence. */
export function whyNoAnswer(error: unknown): { code: string; message: string } {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { code: 'CarrierTimeout', message: 'The carrier did not answer in time.' };
  }
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return { code: 'CarrierUnreachable', message: `The carrier can't be reached: ${detail}` };
}

/** The fields of a JSON object; none where the text is anything else. */
function parseFields(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
