import type { SettingsTable } from '../../core/setting.ts';
import type { ReadSettings, SettingsReader } from '../settings-reader.ts';

const secretLength = 16;

/** The settings of Azure Communication Services. */
export const settingsTable = {
  ACS_CONNECTION_STRING: {
    kind: 'secret',
    required: 'without ACS_ENDPOINT',
    meaning: 'The address and the key of the resource, in the form `endpoint=https://…;accesskey=…`.',
  },
  ACS_ENDPOINT: {
    kind: 'url',
    required: 'without ACS_CONNECTION_STRING',
    meaning: "The resource's address, at which the app's managed identity signs in.",
  },
  ACS_CHANNELS: {
    kind: 'pairs',
    form: '358401000001=00000000-0000-0000-0000-000000000000',
    absent: 'SMS alone',
    meaning: 'The id of the WhatsApp channel of each number.',
  },
  ACS_WEBHOOK_SECRET: {
    kind: 'secret',
    required: 'without ACS_WEBHOOK_TENANT and ACS_WEBHOOK_AUDIENCE',
    meaning: `At least ${secretLength} letters, digits and \`-_.~\`. Event Grid brings it in the subscription's address as \`?secret=\`, or as the header \`x-webhook-secret\`.`,
  },
  ACS_WEBHOOK_TENANT: {
    kind: 'text',
    required: 'with ACS_WEBHOOK_AUDIENCE',
    meaning: 'The tenant whose token Event Grid brings.',
  },
  ACS_WEBHOOK_AUDIENCE: {
    kind: 'text',
    required: 'with ACS_WEBHOOK_TENANT',
    meaning: 'The audience of that token.',
  },
} satisfies SettingsTable;

type Reader = SettingsReader<typeof settingsTable>;

/** How Event Grid proves that a call is its own. It signs nothing, so it sends a secret or a token of Entra ID. */
export type WebhookProtection = { secret: string } | { tenant: string; audience: string };

/** How to reach Azure Communication Services. */
export interface AzureCommunicationSettings {
  /** The resource's address, without a slash at its end. */
  endpoint: string;
  /** The resource's key, in Base64; without one, the app's managed identity signs in. */
  accessKey?: string;
  /** The id of the WhatsApp channel of each number (digits). */
  channels: ReadonlyMap<string, string>;
  webhook: WebhookProtection;
}

/** A UUID, in upper or lower case. */
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads the settings of Azure Communication Services. */
export function readSettings(readTable: ReadSettings): AzureCommunicationSettings {
  const read = readTable(settingsTable);
  return { ...readAccess(read), channels: readChannels(read), webhook: readWebhook(read) };
}

function readAccess(read: Reader): Pick<AzureCommunicationSettings, 'endpoint' | 'accessKey'> {
  const text = read.optional('ACS_CONNECTION_STRING');
  if (text === undefined) return { endpoint: read.url('ACS_ENDPOINT') };
  if (read.optional('ACS_ENDPOINT') !== undefined) {
    read.problem('ACS_ENDPOINT must be left out if ACS_CONNECTION_STRING is set, which names the endpoint itself');
  }
  const access = parseConnectionString(text);
  if (access === undefined) {
    // The text contains a key, so the message must not quote it.
    read.problem('ACS_CONNECTION_STRING must have the form endpoint=https://...;accesskey=...');
  }
  return access ?? { endpoint: '', accessKey: '' };
}

/** Parses `endpoint=...;accesskey=...`, as the portal shows it; returns undefined for any other text. */
function parseConnectionString(text: string): { endpoint: string; accessKey: string } | undefined {
  const [, endpoint = '', accessKey = ''] =
    /^endpoint=([^;]+);accesskey=([A-Za-z0-9+/]+={0,2});?$/i.exec(text.trim()) ?? [];
  const url = URL.parse(endpoint);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return { endpoint: endpoint.replace(/\/+$/, ''), accessKey };
}

function readChannels(read: Reader): ReadonlyMap<string, string> {
  const channels = new Map<string, string>();
  for (const [number, channel] of read.pairs('ACS_CHANNELS')) {
    const digits = /^\+?(\d{7,15})$/.exec(number)?.[1];
    if (digits === undefined || !uuid.test(channel)) {
      read.problem(`ACS_CHANNELS must have the form ${settingsTable.ACS_CHANNELS.form}`);
      continue;
    }
    channels.set(digits, channel.toLowerCase());
  }
  return channels;
}

function readWebhook(read: Reader): WebhookProtection {
  const secret = read.optional('ACS_WEBHOOK_SECRET');
  const tenant = read.optional('ACS_WEBHOOK_TENANT');
  const audience = read.optional('ACS_WEBHOOK_AUDIENCE');
  if (secret !== undefined) {
    if (tenant !== undefined || audience !== undefined) {
      read.problem('ACS_WEBHOOK_SECRET must be left out if ACS_WEBHOOK_TENANT or ACS_WEBHOOK_AUDIENCE is set');
    }
    // The secret is part of an address, where any other character would have to be encoded, which is easy to forget.
    if (secret.length < secretLength || !/^[\w.~-]*$/.test(secret)) {
      read.problem(
        `ACS_WEBHOOK_SECRET must have at least ${secretLength} characters, all of them letters, digits, - _ . or ~`,
      );
    }
    return { secret };
  }
  if (tenant === undefined && audience === undefined) {
    read.problem('ACS_WEBHOOK_SECRET must be set, or ACS_WEBHOOK_TENANT and ACS_WEBHOOK_AUDIENCE');
    return { tenant: '', audience: '' };
  }
  return { tenant: tenant ?? read.text('ACS_WEBHOOK_TENANT'), audience: audience ?? read.text('ACS_WEBHOOK_AUDIENCE') };
}
