import type { CallbackRule } from '../subscriptions/index.ts';
import { isIpLiteral, isLocalCall, parseAddress } from './address.ts';
import type { Address } from './address.ts';
import { isForbiddenAddress } from './forbidden-addresses.ts';

const defaultMaxLength = 2000;

/** Top-level names that mean something in one network only (RFC 6761, RFC 6762; ICANN reserves `internal`). */
const localNames: ReadonlySet<string> = new Set(['localhost', 'local', 'internal']);

/** How addresses are chosen that may be called. */
export interface AddressRuleSettings {
  /** Lets plain http to this machine itself through; for a local run. */
  allowLoopback: boolean;
  /** What a host must be or end in, label by label, such as `logic.azure.com`; empty where any public host will do. */
  allowedHosts: readonly string[];
  /** Lets plain http to any public host through, where addresses must go on to work that were given before. */
  allowHttp?: boolean;
  /** Characters; 2,000 unless given. */
  lengthLimit?: number;
}

/**
 * Makes the rule for addresses that callers give: https unless more is allowed, to a public host, without credentials. It judges what is
 * written; what a name resolves to is checked when it is called.
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
    if (!/^[!-[\]-~]*$/.test(url)) return 'must not have blanks, backslashes or characters outside ASCII';
    const address = parseAddress(url);
    if (address === undefined) return 'must be an absolute https address';
    if (address.hasCredentials) return 'must not have a user name or a password in it';
    const isLocal = allowLoopback && isLocalCall(address);
    return (isLocal ? undefined : judge(address, allowHttp)) ?? notListed(address, suffixes);
  };
}

function judge(address: Address, allowHttp: boolean): string | undefined {
  if (address.scheme !== 'https' && !allowHttp) return 'must be an https address';
  if (isIpLiteral(address)) {
    return isForbiddenAddress(address.host) ? 'must not lead to an address of a private network' : undefined;
  }
  const labels = address.host.split('.');
  if (localNames.has(labels.at(-1) ?? '')) return 'must not lead to a host of a private network';
  const isFullName = labels.length > 1 && labels.every((label) => /^[\w-]+$/.test(label));
  return isFullName ? undefined : 'must name its host in full, as in example.com';
}

function notListed({ host }: Address, suffixes: readonly string[]): string | undefined {
  const isListed = suffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
  if (suffixes.length === 0 || isListed) return undefined;
  return `must be at a host that is allowed here, which are those that end in ${suffixes.join(', ')}`;
}
