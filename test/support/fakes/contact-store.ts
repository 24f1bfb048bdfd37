import type { Contact, ContactChanges, ContactStore, Group } from '../../../src/contacts/index.ts';

interface Generation {
  contacts: Map<string, Contact>;
  /** The times at which failed messages became known, by number and recipient. */
  failures: Map<string, Map<string, Date>>;
}

/** The most rows that one call of `cleanUp` removes: few, so that tests need several calls. */
const cleanUpStep = 100;

/** Keeps contacts in memory, for tests and for load without a storage account. */
export function createMemoryContactStore(): ContactStore {
  const current = new Map<string, Generation>();
  const retired = new Map<string, string[]>();
  const keyOf = ({ customerId, serviceId }: Group): string => JSON.stringify([customerId, serviceId]);
  const generationOf = (group: Group): Generation => {
    const generation = current.get(keyOf(group)) ?? { contacts: new Map(), failures: new Map() };
    current.set(keyOf(group), generation);
    return generation;
  };

  return {
    async create(group, contact) {
      const { contacts } = generationOf(group);
      if (contacts.has(contact.phone)) return 'exists';
      contacts.set(contact.phone, contact);
      return 'created';
    },

    async read(group, number) {
      const { contacts, failures } = generationOf(group);
      const contact = contacts.get(number);
      if (contact === undefined) return undefined;
      const known = [...(failures.get(number)?.values() ?? [])].filter((at) => at >= contact.createdAt);
      return { contact, failedMessages: known.length };
    },

    async update(group, number, changes) {
      const { contacts } = generationOf(group);
      const contact = contacts.get(number);
      if (contact === undefined) return 'absent';
      contacts.set(number, applyChanges(contact, changes));
      return 'updated';
    },

    async delete(group, number) {
      return generationOf(group).contacts.delete(number) ? 'deleted' : 'absent';
    },

    async deleteAll(group) {
      const { contacts, failures } = generationOf(group);
      const rows = [...contacts.keys(), ...[...failures.values()].flatMap((known) => [...known.keys()])];
      retired.set(keyOf(group), [...(retired.get(keyOf(group)) ?? []), ...rows]);
      current.delete(keyOf(group));
    },

    async cleanUp(group) {
      const rows = retired.get(keyOf(group)) ?? [];
      const removed = rows.splice(0, cleanUpStep).length;
      return rows.length === 0 ? { removed } : { removed, next: String(rows.length) };
    },

    async recordFailure(group, { number, recipientId, at }) {
      const { contacts, failures } = generationOf(group);
      if (!contacts.has(number)) return 'noContact';
      const known = failures.get(number) ?? new Map<string, Date>();
      if (known.has(recipientId)) return 'known';
      failures.set(number, known.set(recipientId, at));
      return 'counted';
    },
  };
}

function applyChanges(contact: Contact, changes: ContactChanges): Contact {
  const fields = Object.entries({ ...contact, ...changes }).filter(([, value]) => value !== null);
  return Object.fromEntries(fields) as unknown as Contact;
}
