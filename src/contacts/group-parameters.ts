import { customersDropdown, servicesDropdown } from '../directory/index.ts';
import { inPath } from '../operation/define-operation.ts';
import { text } from '../operation/schema.ts';
import type { Visibility } from '../operation/schema.ts';

/** Returns the parameters that name the group in every operation on contacts. */
export function groupParameters({ visibility }: { visibility?: Visibility } = {}) {
  const prominence = visibility === undefined ? {} : { visibility };
  return {
    Customer: inPath(
      text({
        title: 'Customer',
        description: 'The customer that owns the group.',
        dropdown: customersDropdown,
        ...prominence,
      }),
    ),
    'Group Service': inPath(
      text({
        title: 'Group Service',
        description: 'The group service with the contacts. Nothing listed? Ask your administrator for one.',
        dropdown: servicesDropdown('Group', 'Customer'),
        ...prominence,
      }),
    ),
  };
}

/** The parameter that names a contact. */
export const phoneParameter = inPath(
  text({
    title: 'Phone',
    description: '358401234567: country code and number, without + or 00.',
  }),
);
