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

/**
 * Milliseconds that cached rows may be old if they contradict each other. Older ones are read again, so contradictions
 * cause at most one read in this time.
 */
const contradictionMs = 5_000;

/**
 * Reads the directory from Table Storage, through a cache. An operator's changes show within a minute. While storage
 * fails, values that were read in the last ten minutes are used.
 *
 * Claim rows lead from an address to customers, but the customer's own row decides whether it has the address. So an
 * address that just moved, or whose move broke off, never leads to a customer that doesn't have it.
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
  /** The ids of customers that may have a claim; the customer that claimed it last comes first. */
  const claimants = createReadCache(
    async (claim) => {
      const rows = (await table.list(odata`PartitionKey eq ${claimPartition(claim)}`)).map(claimRowOf);
      return rows.sort((left, right) => right.since.getTime() - left.since.getTime()).map((row) => row.customerId);
    },
    { now },
  );

  /**
   * Calls `find` for each customer that a claim leads to, and resolves to its results. `find` returns undefined if the
   * customer does not have the claim; then the cached rows contradict each other and are read again.
   */
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
