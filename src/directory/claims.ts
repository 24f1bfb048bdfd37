import type { DirectoryService } from './directory.ts';
import type { CustomerEntry } from './document.ts';
import { readAddress, readIdentity } from './identity.ts';
import { foldKeyword } from './keyword.ts';

/** What is wrong with what a customer claims, and whose service it is about where it is about one. */
export interface ClaimProblem {
  text: string;
  customerId: string;
  serviceId?: string;
}

/** The text by which an address that services receive on is found; the address in the form of {@link readAddress}. */
export function addressClaim(protocol: 'SMS' | 'WhatsApp', address: string): string {
  return `${protocol} ${address}`;
}

/** The text by which a WhatsApp identity is found; the number in the form of {@link readIdentity}. */
export function identityClaim(address: string): string {
  return `identity ${address}`;
}

/** What messages and lookups come to a customer by. */
export interface CustomerClaims {
  /** Its WhatsApp numbers in the form of {@link readIdentity}, in the order of the directory. */
  identities: readonly string[];
  /** Its services that receive on an address, in the order of the directory, by {@link addressClaim}. */
  services: ReadonlyMap<string, readonly DirectoryService[]>;
}

/** Reads what a customer claims, once for many lookups; what is no number or address is left out. */
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

/** Everything that a customer is found by, each once. */
export function claimsOf(customer: CustomerEntry): string[] {
  const { identities, services } = readClaims(customer);
  return [...new Set([...services.keys(), ...identities.map(identityClaim)])];
}

/**
 * Finds what customers may not claim: an identity or an address that is none, an identity of two customers, an address
 * that is another's identity, and what two services would both get of a phone. A later entry is at problem.
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
        problem(`'${written}', on which ${serviceId} receives, is no address`);
        continue;
      }
      const place = addressClaim(protocol, address);
      const owner = protocol === 'WhatsApp' ? (owners.get(address) ?? customerId) : customerId;
      if (owner !== customerId) problem(`${serviceId} receives on ${place}, which belongs to ${owner}`);
      // No keyword is a claim as well: to all that no keyword claims.
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

/** The owners of WhatsApp numbers. With another owner, templates and messages would be the wrong customer's. */
function checkIdentities(customers: readonly CustomerEntry[]) {
  const owners = new Map<string, string>();
  const problems: ClaimProblem[] = [];
  for (const { id: customerId, region, whatsappIdentities = [] } of customers) {
    for (const written of whatsappIdentities) {
      const address = readIdentity(written, region);
      const owner = address === undefined ? undefined : owners.get(address);
      if (address === undefined)
        problems.push({ text: `'${written}', a WhatsApp identity of ${customerId}, is no number`, customerId });
      else if (owner === undefined) owners.set(address, customerId);
      else if (owner === customerId)
        problems.push({ text: `WhatsApp identity ${address} stands twice with ${owner}`, customerId });
      else problems.push({ text: `WhatsApp identity ${address} belongs to ${owner} and ${customerId}`, customerId });
    }
  }
  return { owners, problems };
}
