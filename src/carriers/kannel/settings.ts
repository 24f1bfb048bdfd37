import type { SettingsReader } from '../settings-reader.ts';

/** How Kannel is reached, and how it calls back. */
export interface KannelSettings {
  /** Of smsbox's sendsms service. */
  url: string;
  username: string;
  password: string;
  /** Makes the keys in the addresses that delivery reports come to; Kannel never sees it. */
  webhookSecret: string;
  /** What Kannel shows where it brings messages of phones; without one, it brings none. */
  inboundSecret?: string;
  /** Where Kannel reaches our webhook, if not at its public address. */
  callbackUrl?: string;
  /** The id of the connection (smsc-id) that messages are to go out by. */
  smsc?: string;
}

/** So short a secret could be guessed. */
const minSecretLength = 16;

/**
 * Reads Kannel's settings.
 *
 * The secret for messages of phones is one of its own and not made from the other: an operator puts it into Kannel's
 * configuration as it is, with nothing to compute, and it opens nothing else when that file is read by others.
 */
export function readSettings(read: SettingsReader): KannelSettings {
  const webhookSecret = read.text('KANNEL_WEBHOOK_SECRET');
  if (webhookSecret !== '' && webhookSecret.length < minSecretLength) {
    read.problem(`KANNEL_WEBHOOK_SECRET has less than ${minSecretLength} characters`);
  }
  const smsc = read.optional('KANNEL_SMSC');
  if (smsc !== undefined) checkHeader('KANNEL_SMSC', smsc, read);
  const inboundSecret = read.optional('KANNEL_INBOUND_SECRET');
  if (inboundSecret !== undefined) checkInboundSecret(inboundSecret, webhookSecret, read);
  const callbackUrl = readCallbackUrl(read);
  return {
    url: read.url('KANNEL_URL'),
    username: checkHeader('KANNEL_USERNAME', read.text('KANNEL_USERNAME'), read),
    password: checkHeader('KANNEL_PASSWORD', read.text('KANNEL_PASSWORD'), read),
    webhookSecret,
    ...(inboundSecret === undefined ? {} : { inboundSecret }),
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
    ...(smsc === undefined ? {} : { smsc }),
  };
}

function checkHeader(name: string, value: string, read: SettingsReader): string {
  if (/\p{Cc}/u.test(value)) read.problem(`${name} has a line break or another control character in it`);
  return value;
}

/** It stands in an address in Kannel's configuration, where other characters have a meaning. */
function checkInboundSecret(secret: string, webhookSecret: string, read: SettingsReader): void {
  if (!/^[\w-]+$/.test(secret) || secret.length < minSecretLength) {
    read.problem(`KANNEL_INBOUND_SECRET is not at least ${minSecretLength} letters, digits, - and _`);
  }
  if (secret === webhookSecret) read.problem('KANNEL_INBOUND_SECRET is the same as KANNEL_WEBHOOK_SECRET');
}

function readCallbackUrl(read: SettingsReader): string | undefined {
  const text = read.optional('KANNEL_CALLBACK_URL');
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  // Ours is added to it, and Kannel would make a header of a user's name.
  const isPlain = url !== null && [url.search, url.hash, url.username, url.password].join('') === '';
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    read.problem('KANNEL_CALLBACK_URL is not an http(s) address without a query');
  }
  return text;
}
