/** How the carrier is reached. */
export interface CarrierSettings {
  url: string;
  apiKey: string;
  /** Where the carrier is to send what it has to say later. */
  reportUrl: string;
  fetch: typeof fetch;
  timeoutMs: number;
}

/** Posts a body to the carrier, with the report address in it. Rejects where no answer comes in time. */
export async function callCarrier(
  { url, apiKey, reportUrl, fetch, timeoutMs }: CarrierSettings,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<{ response: Response; answer: Record<string, unknown> }> {
  const response = await fetch(`${url.replace(/\/$/, '')}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reportUrl, ...body }),
    // A redirect would carry the key elsewhere.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { response, answer: parseFields(await response.text()) };
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
