import type { SubmitOutcome, Template } from '../../templates/index.ts';
import type { SendSettings } from './send.ts';

/** Answers that are about the template itself; any other means that the carrier, or the way to it, is at fault. */
const refusals = new Set([400, 409, 413]);

/** Hands a template to the carrier, whose word on it comes to the report address. Never rejects. */
export async function submitTemplate(settings: SendSettings, template: Template): Promise<SubmitOutcome> {
  const { identity, name, displayName, language, category, content, headerText, attachmentUrl, buttons } = template;
  const unavailable = (reason: string): SubmitOutcome => ({ outcome: 'unavailable', reason });
  try {
    const response = await settings.fetch(`${settings.url.replace(/\/$/, '')}/templates`, {
      method: 'POST',
      headers: { authorization: `Bearer ${settings.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        reportUrl: settings.reportUrl,
        template: { identity, name, displayName, language, category, content, headerText, attachmentUrl, buttons },
      }),
      // A redirect would carry the key elsewhere.
      redirect: 'manual',
      signal: AbortSignal.timeout(settings.timeoutMs),
    });
    const { reference, message } = parseFields(await response.text());
    if (response.ok && typeof reference === 'string') return { outcome: 'submitted', carrierReference: reference };
    const said = typeof message === 'string' && message !== '' ? message : `the carrier answered ${response.status}`;
    return refusals.has(response.status) ? { outcome: 'refused', reason: said } : unavailable(said);
  } catch (error) {
    return unavailable(String(error));
  }
}

function parseFields(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
