import type { DirectoryService, User } from './directory.ts';
import type { CustomerEntry, DirectoryDocument } from './document.ts';

/** A change of one customer or user. `fields` names the fields that change; services are named by their ids. */
export type Change<Entry> =
  | { kind: 'added'; entry: Entry }
  | { kind: 'changed'; entry: Entry; fields: readonly string[] }
  | { kind: 'removed'; entry: Entry };

/** The changes that make the stored directory match a document. */
export interface DirectoryPlan {
  customers: readonly Change<CustomerEntry>[];
  users: readonly Change<User>[];
  /** What is stored and stays although the document lacks it: `user bob`, `service sms of customer demo`. */
  kept: readonly string[];
  /** The directory after the changes. Customers and users that the document lacks come first. */
  result: DirectoryDocument;
}

/**
 * Compares the stored directory with a document and plans the changes.
 *
 * @param prune whether to remove customers, services and users that the document doesn't name
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

/** Adds an absent list of WhatsApp numbers, since an absent list and an empty one mean the same. */
function wholeCustomer(customer: CustomerEntry): CustomerEntry {
  return { ...customer, whatsappIdentities: customer.whatsappIdentities ?? [] };
}

function removal<Entry>(entry: Entry): Change<Entry> {
  return { kind: 'removed', entry };
}

/** Returns the entries of `stored` whose ids are not in `wanted`. */
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

/** Returns the names of fields whose values differ. The order of fields in objects doesn't count. */
function changedNames<Entry extends object>(old: Entry, entry: Entry): string[] {
  const before = new Map<string, unknown>(Object.entries(old));
  const after = new Map<string, unknown>(Object.entries(entry));
  return [...new Set([...after.keys(), ...before.keys()])].filter(
    (name) => inOneOrder(before.get(name)) !== inOneOrder(after.get(name)),
  );
}

/** Makes JSON of a value, with the fields of objects in alphabetical order. */
function inOneOrder(value: unknown): string | undefined {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}
