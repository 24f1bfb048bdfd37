import { defineOperation, inPath } from '../operation/define-operation.ts';
import { list, object, text } from '../operation/schema.ts';
import type { DirectoryDeps } from './directory.ts';
import { customersDropdown } from './dropdowns.ts';

/** Lists the WhatsApp numbers of a customer; fills the IdentityNumber dropdown. */
export const getCustomerWhatsappIdentities = defineOperation({
  operationId: 'GetCustomerWhatsappIdentities',
  method: 'GET',
  path: '/whatsapp/identities/{Customer-Id}',
  summary: 'Get Customer WhatsApp Identities',
  description: 'Lists the WhatsApp numbers of a customer.',
  visibility: 'internal',
  scopes: ['WhatsApp'],
  parameters: {
    'Customer-Id': inPath(
      text({
        title: 'Customer',
        description: 'The customer whose WhatsApp numbers are listed.',
        visibility: 'important',
        dropdown: customersDropdown,
      }),
    ),
  },
  answer: {
    status: 200,
    description: 'The WhatsApp numbers, in the order of the directory.',
    schema: list(
      object({
        inputSource: object(
          {
            address: text({
              title: 'Identity Number',
              description: 'The number: country code and number, digits only.',
            }),
          },
          { title: 'Input Source', description: 'Where the number receives messages.' },
        ),
      }),
    ),
  },
  errors: [],
  customer: 'Customer-Id',
  async handler({ customer }, { directory }: DirectoryDeps) {
    const identities = await directory.whatsappIdentities(customer.id);
    return { body: identities.map((address) => ({ inputSource: { address } })) };
  },
});
