import type { CallbackRule } from '../subscriptions/index.ts';
import { isIpLiteral, isLocalCall, parseAddress } from './address.ts';
import type { Address } from './address.ts';
import { isForbiddenAddress } from './forbidden-addresses.ts';

const defaultMaxLength = 2000;

/** Top-level names that have a meaning only within a local network (RFC 6761, RFC 6762; ICANN reserves `internal`). */
const localNames: ReadonlySet<string> = new Set(['localhost', 'local', 'internal']);

/** Which addresses may be called. */
export interface AddressRuleSettings {
  /** Allows plain http to this machine itself; for a local run. */
  allowLoopback: boolean;
  /**
   * Domains, such as `logic.azure.com`: a host must be one of them or a subdomain. Empty: any public host is allowed.
   */
  allowedHosts: readonly string[];
  /** Allows plain http to any public host, so that addresses that callers used before keep working. Default: false. */
  allowHttp?: boolean;
  /** The maximum length of an address in characters. Default: 2,000. */
  lengthLimit?: number;
}

/**
 * Creates the rule for addresses that callers give: an https address (unless the settings allow http) of a public host,
 * without credentials. The rule checks the text of an address and returns what is wrong with it, or undefined. What the
 * host name resolves to is checked at each call.
 */
export function createAddressRule({
  allowLoopback,
  allowedHosts,
  allowHttp = false,
  lengthLimit = defaultMaxLength,
}: AddressRuleSettings): CallbackRule {
  const suffixes = allowedHosts.map((host) => host.toLowerCase().replace(/^\.|\.$/g, ''));
  return (url) => {
    if (url.length > lengthLimit) return `must be at most ${lengthLimit.toLocaleString('en')} characters long`;
    if (!/^[!-[\]-~]*$/.test(url)) return 'must not contain spaces, backslashes or characters outside ASCII';
    const address = parseAddress(url);
    if (address === undefined) return 'must be an absolute https address';
    if (address.hasCredentials) return 'must not contain a user name or a password';
    const isLocal = allowLoopback && isLocalCall(address);
    return (isLocal ? undefined : judge(address, allowHttp)) ?? notListed(address, suffixes);
  };
}

function judge(address: Address, allowHttp: boolean): string | undefined {
  if (address.scheme !== 'https' && !allowHttp) return 'must be an https address';
  if (isIpLiteral(address)) {
    return isForbiddenAddress(address.host) ? 'must not point to an address in a private network' : undefined;
  }
  const labels = address.host.split('.');
  if (localNames.has(labels.at(-1) ?? '')) return 'must not point to a host in a private network';
  const isFullName = labels.length > 1 && labels.every((label) => /^[\w-]+$/.test(label));
  return isFullName ? undefined : 'must name its host in full, as in example.com';
}

function notListed({ host }: Address, suffixes: readonly string[]): string | undefined {
  const isListed = suffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
  if (suffixes.length === 0 || isListed) return undefined;
  return `must be on one of these hosts or their subdomains: ${suffixes.join(', ')}`;
}
