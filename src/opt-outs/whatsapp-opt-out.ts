import { defineOperation } from '../operation/define-operation.ts';
import { optOutParameters, readOptOut } from './opt-out-parameters.ts';
import type { OptOutDeps } from './opt-out-parameters.ts';

/** Records that a phone number wants no more messages from a WhatsApp number. */
export const whatsAppOptOut = defineOperation({
  operationId: 'WhatsAppOptOut',
  method: 'DELETE',
  path: '/whatsapp/opt-in/sender/{Sender}/recipient/{Recipient}',
  summary: 'WhatsApp Opt Out (deprecated)',
  description: 'Stops messages from a WhatsApp number to a recipient (deprecated).',
  visibility: 'important',
  deprecated: true,
  scopes: ['WhatsApp'],
  parameters: optOutParameters,
  answer: { status: 204, description: 'The recipient gets no more messages from the number.' },
  errors: ['IdentityNotFound', 'InvalidPhoneNumber'],
  async handler({ parameters, caller, now }, deps: OptOutDeps) {
    await deps.optOuts.add(await readOptOut(parameters, caller, deps), now);
    return { body: undefined };
  },
});
