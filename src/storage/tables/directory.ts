import { addressClaim, identityClaim, readClaims } from '../../directory/index.ts';
import type { CustomerClaims, CustomerEntry, Directory } from '../../directory/index.ts';
import type { StorageConnection } from '../connection.ts';
import { createReadCache } from '../read-cache.ts';
import {
  claimPartition,
  claimRowOf,
  customerKeys,
  customerOf,
  directoryTable,
  userKeys,
  userOf,
} from './directory-rows.ts';
import { openTable } from './open-table.ts';
import { odata } from './odata.ts';

interface KnownCustomer {
  entry: CustomerEntry;
  claims: CustomerClaims;
}

/** How old rows may be that contradict each other, in milliseconds: no older ones, and no more reads than that. */
const contradictionMs = 5_000;

/**
 * Reads the directory from Table Storage. What an operator changes shows within a minute; while storage fails, what was
 * read in the last ten minutes serves. A customer is found by an address through rows that name it, and what its own
 * row says decides: an address that just moved, or whose move broke off, is never another customer's.
 */
export function createTableDirectory(connection: StorageConnection, { now }: { now: () => Date }): Directory {
  const table = openTable(connection, directoryTable);

  const users = createReadCache(
    async (id) => {
      const { partitionKey, rowKey } = userKeys(id);
      const row = await table.find(partitionKey, rowKey);
      return row && userOf(row);
    },
    { now },
  );
  const customers = createReadCache(
    async (id): Promise<KnownCustomer | undefined> => {
      const { partitionKey, rowKey } = customerKeys(id);
      const row = await table.find(partitionKey, rowKey);
      if (row === undefined) return undefined;
      const entry = customerOf(row);
      return { entry, claims: readClaims(entry) };
    },
    { now },
  );
  /** The customers that may be found by a claim, the one that laid it last first. */
  const claimants = createReadCache(
    async (claim) => {
      const rows = (await table.list(odata`PartitionKey eq ${claimPartition(claim)}`)).map(claimRowOf);
      return rows.sort((left, right) => right.since.getTime() - left.since.getTime()).map((row) => row.customerId);
    },
    { now },
  );

  /** What `find` makes of each customer that a claim leads to; undefined says that the customer has no such claim. */
  const findByClaim = async <Found>(
    claim: string,
    find: (customerId: string, claims: CustomerClaims) => Found | undefined,
  ): Promise<Found[]> => {
    const findAt = async (maxAgeMs?: number): Promise<(Found | undefined)[]> => {
      const ids = await claimants.read(claim, maxAgeMs);
      const known = await Promise.all(ids.map((id) => customers.read(id, maxAgeMs)));
      return known.map((customer) => customer && find(customer.entry.id, customer.claims));
    };
    const found = await findAt();
    const agreed = found.includes(undefined) ? await findAt(contradictionMs) : found;
    return agreed.filter((result) => result !== undefined);
  };

  return {
    user: (userId) => users.read(userId),
    customer: async (customerId) => (await customers.read(customerId))?.entry,
    services: async (customerId) => (await customers.read(customerId))?.entry.services ?? [],
    whatsappIdentities: async (customerId) => (await customers.read(customerId))?.claims.identities ?? [],
    async receivers(protocol, address) {
      const claim = addressClaim(protocol, address);
      const found = await findByClaim(claim, (customerId, { services }) =>
        services.get(claim)?.map((service) => ({ customerId, service })),
      );
      return found.flat();
    },
    async identityOwner(address) {
      const [owner] = await findByClaim(identityClaim(address), (customerId, { identities }) =>
        identities.includes(address) ? customerId : undefined,
      );
      return owner;
    },
  };
}
