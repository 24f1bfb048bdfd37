import type { DirectoryService, User } from './directory.ts';
import type { CustomerEntry, DirectoryDocument } from './document.ts';

/** What becomes of one customer or user; `fields` names what changes, services by their ids. */
export type Change<Entry> =
  | { kind: 'added'; entry: Entry }
  | { kind: 'changed'; entry: Entry; fields: readonly string[] }
  | { kind: 'removed'; entry: Entry };

/** How to make what is stored say what a document says. */
export interface DirectoryPlan {
  customers: readonly Change<CustomerEntry>[];
  users: readonly Change<User>[];
  /** What is stored, stands not in the document, and stays: `user bob`, `service sms of customer demo`. */
  kept: readonly string[];
  /** Everything as it then is, what is kept first. */
  result: DirectoryDocument;
}

/**
 * Compares what is stored with what a document says, and says what to do about it.
 *
 * @param prune whether customers, services and users go that the document doesn't name; else they stay
 */
export function planDirectory(
  stored: DirectoryDocument,
  document: DirectoryDocument,
  { prune }: { prune: boolean },
): DirectoryPlan {
  const kept: string[] = [];
  const customers = compare(stored.customers, document.customers.map(wholeCustomer), {
    join(old, entry) {
      const missing = missingIn(entry.services, old.services);
      if (prune) return entry;
      kept.push(...missing.map(({ id }) => `service ${id} of customer ${entry.id}`));
      return { ...entry, services: [...entry.services, ...missing] };
    },
    fields: changedFields,
  });
  const users = compare(stored.users, document.users, { join: (_, entry) => entry, fields: changedNames });
  if (!prune) {
    kept.push(...customers.missing.map(({ id }) => `customer ${id}`), ...users.missing.map(({ id }) => `user ${id}`));
  }
  return {
    customers: prune ? [...customers.changes, ...customers.missing.map(removal)] : customers.changes,
    users: prune ? [...users.changes, ...users.missing.map(removal)] : users.changes,
    kept,
    result: {
      customers: prune ? customers.entries : [...customers.missing, ...customers.entries],
      users: prune ? users.entries : [...users.missing, ...users.entries],
    },
  };
}

/** No list of numbers and an empty one are the same, and are to compare as the same. */
function wholeCustomer(customer: CustomerEntry): CustomerEntry {
  return { ...customer, whatsappIdentities: customer.whatsappIdentities ?? [] };
}

function removal<Entry>(entry: Entry): Change<Entry> {
  return { kind: 'removed', entry };
}

/** The entries of `stored` whose ids `wanted` doesn't have. */
function missingIn<Entry extends { id: string }>(wanted: readonly { id: string }[], stored: readonly Entry[]): Entry[] {
  const ids = new Set(wanted.map(({ id }) => id));
  return stored.filter(({ id }) => !ids.has(id));
}

function compare<Entry extends { id: string }>(
  stored: readonly Entry[],
  wanted: readonly Entry[],
  {
    join,
    fields,
  }: { join: (old: Entry, entry: Entry) => Entry; fields: (old: Entry, entry: Entry) => readonly string[] },
): { changes: Change<Entry>[]; entries: Entry[]; missing: Entry[] } {
  const known = new Map(stored.map((entry) => [entry.id, entry]));
  const changes: Change<Entry>[] = [];
  const entries = wanted.map((written) => {
    const old = known.get(written.id);
    const entry = old === undefined ? written : join(old, written);
    const changed = old === undefined ? [] : fields(old, entry);
    if (old === undefined) changes.push({ kind: 'added', entry });
    else if (changed.length > 0) changes.push({ kind: 'changed', entry, fields: changed });
    return entry;
  });
  return { changes, entries, missing: missingIn(wanted, stored) };
}

function changedFields(old: CustomerEntry, entry: CustomerEntry): string[] {
  const fields = changedNames(old, entry).filter((name) => name !== 'services');
  const { services } = entry;
  const ids = (list: readonly DirectoryService[]): string[] => list.map(({ id }) => id);
  const own = services.flatMap((service): string[] => {
    const before = old.services.find(({ id }) => id === service.id);
    if (before === undefined) return [`service ${service.id} (new)`];
    const names = changedNames(before, service);
    return names.length === 0 ? [] : [`service ${service.id} (${names.join(', ')})`];
  });
  const gone = missingIn(services, old.services).map(({ id }) => `service ${id} (removed)`);
  const isReordered = own.length + gone.length === 0 && String(ids(services)) !== String(ids(old.services));
  return [...fields, ...own, ...gone, ...(isReordered ? ['order of services'] : [])];
}

/** The names of fields whose values differ, in whatever order their own fields stand. */
function changedNames<Entry extends object>(old: Entry, entry: Entry): string[] {
  const before = new Map<string, unknown>(Object.entries(old));
  const after = new Map<string, unknown>(Object.entries(entry));
  return [...new Set([...after.keys(), ...before.keys()])].filter(
    (name) => inOneOrder(before.get(name)) !== inOneOrder(after.get(name)),
  );
}

/** A value as JSON whose objects have their fields in the order of the alphabet. */
function inOneOrder(value: unknown): string | undefined {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}
