import type { SettingsTable } from '../../core/setting.ts';
import type { ReadSettings, SettingsReader } from '../settings-reader.ts';

/** A shorter secret could be guessed. */
const minSecretLength = 16;

/** The settings of Kannel. */
export const settingsTable = {
  KANNEL_URL: {
    kind: 'url',
    required: true,
    meaning: "The address of smsbox's sendsms service, for example `http://10.0.0.4:13013/cgi-bin/sendsms`.",
  },
  KANNEL_USERNAME: { kind: 'text', required: true, meaning: 'The name of the `sendsms-user` in `kannel.conf`.' },
  KANNEL_PASSWORD: { kind: 'secret', required: true, meaning: "That user's password." },
  KANNEL_WEBHOOK_SECRET: {
    kind: 'secret',
    required: true,
    meaning: `At least ${minSecretLength} characters. Each report comes to an address with a key made from it; Kannel never sees the secret.`,
  },
  KANNEL_INBOUND_SECRET: {
    kind: 'secret',
    absent: 'inbound messages are refused',
    meaning: `At least ${minSecretLength} letters, digits, \`-\` and \`_\`, and not \`KANNEL_WEBHOOK_SECRET\`. Kannel shows it when it brings an inbound message.`,
  },
  KANNEL_CALLBACK_URL: {
    kind: 'url',
    absent: 'the webhook below `PUBLIC_URL`',
    meaning: 'Where Kannel reaches the webhook, without a query.',
  },
  KANNEL_SMSC: {
    kind: 'text',
    meaning:
      'The `smsc-id` to send by, if Kannel has several. It decides only if the `smsc` groups have `allowed-smsc-id`.',
  },
} satisfies SettingsTable;

type Reader = SettingsReader<typeof settingsTable>;

/** How to reach Kannel, and how it calls back. */
export interface KannelSettings {
  /** The address of smsbox's sendsms service. */
  url: string;
  username: string;
  password: string;
  /** Makes the keys in the addresses for delivery reports; Kannel never sees it. */
  webhookSecret: string;
  /** The secret that Kannel sends with inbound messages. If absent, they are refused. */
  inboundSecret?: string;
  /** The address at which Kannel reaches our webhook. Default: the webhook's public address. */
  callbackUrl?: string;
  /** The id of the connection (smsc-id) that sends the messages. */
  smsc?: string;
}

/**
 * Reads Kannel's settings.
 *
 * Inbound messages have a secret of their own, which is not derived from the other one. So an operator can copy it into
 * Kannel's configuration without computing anything, and who reads that file can't forge delivery reports.
 */
export function readSettings(readTable: ReadSettings): KannelSettings {
  const read = readTable(settingsTable);
  const webhookSecret = read.text('KANNEL_WEBHOOK_SECRET');
  if (webhookSecret !== '' && webhookSecret.length < minSecretLength) {
    read.problem(`KANNEL_WEBHOOK_SECRET must have at least ${minSecretLength} characters`);
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

function checkHeader(name: keyof typeof settingsTable, value: string, read: Reader): string {
  if (/\p{Cc}/u.test(value)) read.problem(`${name} must not have line breaks or other control characters`);
  return value;
}

/** The secret is part of an address in Kannel's configuration, where other characters have a meaning. */
function checkInboundSecret(secret: string, webhookSecret: string, read: Reader): void {
  if (!/^[\w-]+$/.test(secret) || secret.length < minSecretLength) {
    read.problem(`KANNEL_INBOUND_SECRET must be at least ${minSecretLength} letters, digits, - and _`);
  }
  if (secret === webhookSecret) read.problem('KANNEL_INBOUND_SECRET must differ from KANNEL_WEBHOOK_SECRET');
}

function readCallbackUrl(read: Reader): string | undefined {
  const text = read.optional('KANNEL_CALLBACK_URL');
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  // The app adds its own query, and Kannel would turn a user name into a header.
  const isPlain = url !== null && [url.search, url.hash, url.username, url.password].join('') === '';
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    read.problem('KANNEL_CALLBACK_URL must be an http or https address without a query, a fragment or a user name');
  }
  return text;
}
