import type { Change, DirectoryPlan } from '../../directory/index.ts';

const signs = { added: '+', changed: '~', removed: '-' } as const;

/** Describes the changes of a plan, a line each. */
export function describePlan({ customers, users }: DirectoryPlan): string[] {
  return [
    ...customers.map((change) => describe('customer', change)),
    ...users.map((change) => describe('user', change)),
  ];
}

function describe(what: string, change: Change<{ id: string }>): string {
  const fields = change.kind === 'changed' ? `: ${change.fields.join(', ')}` : '';
  return `${signs[change.kind]} ${what} ${change.entry.id}${fields}`;
}

/** Describes what stays in the directory although the file doesn't name it, a line each. */
export function describeKept({ kept }: DirectoryPlan): string[] {
  return kept.map((what) => `  ${what} is not in the file and stays; --prune removes it`);
}
