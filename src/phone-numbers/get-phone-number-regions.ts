import { defineOperation } from '../operation/define-operation.ts';
import { list, object, text } from '../operation/schema.ts';
import { phoneNumberRegions } from './regions.ts';

/** Lists the regions whose national phone numbers can be parsed; fills the region dropdowns. */
export const getPhoneNumberRegions = defineOperation({
  operationId: 'GetPhoneNumberRegions',
  method: 'GET',
  path: '/phonenumberregions',
  summary: 'Get Phone Number Regions',
  description: 'Lists the regions whose national phone numbers can be read.',
  visibility: 'internal',
  scopes: ['Group.Management', 'Gateway.Send'],
  parameters: {},
  answer: {
    status: 200,
    description: 'The regions: Finland first, then by name.',
    schema: list(
      object({
        value: text({ title: 'Region Country Code', description: 'Two-letter code of the region.' }),
        name: text({ title: 'Region Name', description: 'English name of the region.' }),
      }),
    ),
  },
  errors: [],
  handler: async () => ({ body: [...phoneNumberRegions()] }),
});
