import type { SubmitOutcome, Template } from '../../templates/index.ts';
import { postToCarrier } from './call-carrier.ts';
import type { CarrierSettings } from './call-carrier.ts';

/** Statuses that concern the template itself. Any other failure concerns the carrier or the connection to it. */
const refusals = new Set([400, 409, 413]);

/** Submits a template to the carrier, which sends the template status update to the report address. Never rejects. */
export async function submitTemplate(settings: CarrierSettings, template: Template): Promise<SubmitOutcome> {
  const { identity, name, displayName, language, category, content, headerText, attachmentUrl, buttons } = template;
  const unavailable = (reason: string): SubmitOutcome => ({ outcome: 'unavailable', reason });
  try {
    const { status, fields } = await postToCarrier(settings, '/templates', {
      template: { identity, name, displayName, language, category, content, headerText, attachmentUrl, buttons },
    });
    const { reference, message } = fields;
    if (status < 300 && typeof reference === 'string') return { outcome: 'submitted', carrierReference: reference };
    const detail = typeof message === 'string' && message !== '' ? message : `the carrier answered ${status}`;
    return refusals.has(status) ? { outcome: 'refused', reason: detail } : unavailable(detail);
  } catch (error) {
    return unavailable(String(error));
  }
}
