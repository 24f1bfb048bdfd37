import { customersDropdown, identitiesDropdown, readIdentity } from '../directory/index.ts';
import type { DirectoryDeps } from '../directory/index.ts';
import { defineOperation, inPath } from '../operation/define-operation.ts';
import { apiError } from '../operation/errors.ts';
import { text } from '../operation/schema.ts';
import { prepareTemplate } from './prepare-template.ts';
import { submitTemplate } from './submit-template.ts';
import type { TemplatesDeps } from './submit-template.ts';
import { newTemplateBody } from './template-fields.ts';

/** Creates a WhatsApp template. It can be sent once WhatsApp has approved it. */
export const createWhatsappTemplate = defineOperation({
  operationId: 'CreateWhatsappTemplate',
  method: 'POST',
  path: '/whatsapp/templates/{Customer-Id}/{IdentityNumber}',
  summary: 'Create WhatsApp template',
  description: 'Creates a WhatsApp template. Once WhatsApp approves it, Send WhatsApp Message lists it.',
  scopes: ['WhatsApp'],
  parameters: {
    'Customer-Id': inPath(
      text({
        title: 'Customer',
        description: 'The customer that gets the template.',
        visibility: 'important',
        dropdown: customersDropdown,
      }),
    ),
    IdentityNumber: inPath(
      text({
        title: 'IdentityNumber',
        description: 'WhatsApp number that sends. Nothing listed? Ask your administrator to add one.',
        visibility: 'important',
        dropdown: identitiesDropdown('Customer-Id'),
      }),
    ),
  },
  body: { name: 'Request Body', description: 'The template.', schema: newTemplateBody },
  answer: { status: 204, description: "The template is stored and waits for WhatsApp's approval." },
  errors: ['IdentityNotFound', 'TemplateExists', 'TemplateRefused', 'EmptyContent', 'InvalidPhoneNumber', 'InvalidUrl'],
  customer: 'Customer-Id',
  async prepare({ body, customer, parameters }, { directory }: DirectoryDeps & TemplatesDeps) {
    const identity = readIdentity(parameters.IdentityNumber, customer.region);
    const identities = await directory.whatsappIdentities(customer.id);
    if (identity === undefined || !identities.includes(identity)) {
      throw apiError('IdentityNotFound', { target: 'IdentityNumber' });
    }
    return prepareTemplate({ body, customer, identity });
  },
  async handler({ prepared, now }, deps: DirectoryDeps & TemplatesDeps) {
    await submitTemplate(prepared, now, deps);
    return { body: undefined };
  },
});
