import type { DirectoryService } from './directory.ts';
import type { CustomerEntry } from './document.ts';
import { readAddress, readIdentity } from './identity.ts';
import { foldKeyword } from './keyword.ts';

/** What is wrong with a claim of a customer. */
export interface ClaimProblem {
  /** A sentence without a full stop. */
  text: string;
  customerId: string;
  /** The service with the claim; absent: a WhatsApp identity. */
  serviceId?: string;
}

/** Returns the claim of an address that services receive on. The address has the form of {@link readAddress}. */
export function addressClaim(protocol: 'SMS' | 'WhatsApp', address: string): string {
  return `${protocol} ${address}`;
}

/** Returns the claim of a WhatsApp identity. The number has the form of {@link readIdentity}. */
export function identityClaim(address: string): string {
  return `identity ${address}`;
}

/** The identities and addresses by which a customer is found. */
export interface CustomerClaims {
  /** The customer's WhatsApp numbers in the form of {@link readIdentity}, in the order of the directory. */
  identities: readonly string[];
  /** The customer's services that receive on an address, by {@link addressClaim}, in the order of the directory. */
  services: ReadonlyMap<string, readonly DirectoryService[]>;
}

/** Reads the claims of a customer, once for many look-ups. Leaves out texts that are not numbers or addresses. */
export function readClaims({ region, services, whatsappIdentities = [] }: CustomerEntry): CustomerClaims {
  const byClaim = new Map<string, DirectoryService[]>();
  for (const service of services) {
    const { receivesOn } = service;
    const address = receivesOn && readAddress(receivesOn.address, region);
    if (receivesOn === undefined || address === undefined) continue;
    const claim = addressClaim(receivesOn.protocol, address);
    byClaim.set(claim, [...(byClaim.get(claim) ?? []), service]);
  }
  return { identities: whatsappIdentities.flatMap((text) => readIdentity(text, region) ?? []), services: byClaim };
}

/** Lists all claims of a customer, each once. */
export function claimsOf(customer: CustomerEntry): string[] {
  const { identities, services } = readClaims(customer);
  return [...new Set([...services.keys(), ...identities.map(identityClaim)])];
}

/**
 * Finds claims that are wrong or contradict each other: texts that are not identities or addresses, an identity of two
 * customers, an address that is the identity of another customer, and a keyword on an address that two services claim.
 * If two entries contradict each other, the problem names the later one.
 */
export function checkClaims(customers: readonly CustomerEntry[]): ClaimProblem[] {
  const { owners, problems } = checkIdentities(customers);
  const claims = new Map<string, string>();
  for (const { id: customerId, region, services } of customers) {
    for (const { id: serviceId, receivesOn } of services) {
      if (receivesOn === undefined) continue;
      const problem = (text: string): void => void problems.push({ text, customerId, serviceId });
      const { protocol, address: written, keywords } = receivesOn;
      const address = readAddress(written, region);
      if (address === undefined) {
        problem(`'${written}', on which ${serviceId} receives, is not an address`);
        continue;
      }
      const place = addressClaim(protocol, address);
      const owner = protocol === 'WhatsApp' ? (owners.get(address) ?? customerId) : customerId;
      if (owner !== customerId) problem(`${serviceId} receives on ${place}, which belongs to ${owner}`);
      // A service without keywords claims every message that no keyword claims.
      for (const keyword of keywords.length === 0 ? [''] : keywords.map(foldKeyword)) {
        const claim = `${place} ${keyword}`;
        const other = claims.get(claim);
        const what = keyword === '' ? 'everything' : `the keyword '${keyword}'`;
        if (other !== undefined) problem(`${other} and ${serviceId} both claim ${what} on ${place}`);
        else claims.set(claim, serviceId);
      }
    }
  }
  return problems;
}

/** Finds the owner of each WhatsApp number. With two owners, one could get templates and messages of the other. */
function checkIdentities(customers: readonly CustomerEntry[]) {
  const owners = new Map<string, string>();
  const problems: ClaimProblem[] = [];
  for (const { id: customerId, region, whatsappIdentities = [] } of customers) {
    for (const written of whatsappIdentities) {
      const address = readIdentity(written, region);
      const owner = address === undefined ? undefined : owners.get(address);
      if (address === undefined)
        problems.push({ text: `'${written}', a WhatsApp identity of ${customerId}, is not a number`, customerId });
      else if (owner === undefined) owners.set(address, customerId);
      else if (owner === customerId)
        problems.push({ text: `WhatsApp identity ${address} is listed twice for ${owner}`, customerId });
      else
        problems.push({ text: `WhatsApp identity ${address} belongs to both ${owner} and ${customerId}`, customerId });
    }
  }
  return { owners, problems };
}
