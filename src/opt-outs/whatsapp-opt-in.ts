import { defineOperation } from '../operation/define-operation.ts';
import { optOutParameters, readOptOut } from './opt-out-parameters.ts';
import type { OptOutDeps } from './opt-out-parameters.ts';

/** Records that a phone number accepts messages from a WhatsApp number again. */
export const whatsAppOptIn = defineOperation({
  operationId: 'WhatsAppOptIn',
  method: 'POST',
  path: '/whatsapp/opt-in/sender/{Sender}/recipient/{Recipient}',
  summary: 'WhatsApp Opt In (deprecated)',
  description: 'Allows messages from a WhatsApp number to a recipient who had opted out (deprecated).',
  visibility: 'important',
  deprecated: true,
  scopes: ['WhatsApp'],
  parameters: optOutParameters,
  answer: { status: 204, description: 'The recipient gets messages from the number.' },
  errors: ['IdentityNotFound', 'InvalidPhoneNumber'],
  async handler({ parameters, caller }, deps: OptOutDeps) {
    await deps.optOuts.remove(await readOptOut(parameters, caller, deps));
    return { body: undefined };
  },
});
