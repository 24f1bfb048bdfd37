import type { SettingsTable } from '../../core/setting.ts';
import type { ReadSettings } from '../settings-reader.ts';

/** What the app reads of Twilio. */
export const settingsTable = {
  TWILIO_ACCOUNT_SID: { kind: 'text', required: true, meaning: "The account's SID: `AC` and 32 hexadecimal digits." },
  TWILIO_AUTH_TOKEN: {
    kind: 'secret',
    required: true,
    meaning:
      "The account's primary auth token, which verifies webhook calls. It is also the API's password if there is no key.",
  },
  TWILIO_API_KEY: {
    kind: 'text',
    required: 'with TWILIO_API_SECRET',
    meaning: 'The key that sends, in place of the token: `SK` and 32 hexadecimal digits.',
  },
  TWILIO_API_SECRET: { kind: 'secret', required: 'with TWILIO_API_KEY', meaning: "That key's secret." },
  TWILIO_MESSAGING_SERVICE_SID: {
    kind: 'text',
    meaning:
      'The Messaging Service whose rules SMS follow: `MG` and 32 hexadecimal digits. The sender stays the one that was asked for, and must be in its sender pool.',
  },
  TWILIO_WHATSAPP_NUMBERS: {
    kind: 'list',
    of: 'numbers as digits',
    absent: 'SMS alone',
    meaning: 'The WhatsApp numbers of the account.',
  },
  TWILIO_URL: {
    kind: 'url',
    default: 'https://api.twilio.com',
    meaning: "The API's address, for an account in another region.",
  },
} satisfies SettingsTable;

/** How Twilio is reached, and as whom. */
export interface TwilioSettings {
  /** The API's base address, without a slash at the end. */
  url: string;
  accountSid: string;
  /** Signs webhook calls; also the API's password where there is no key. */
  authToken: string;
  /** Calls the API in place of the account's token, which can then be used for nothing but verifying signatures. */
  apiKey?: { sid: string; secret: string };
  /** The Messaging Service whose rules SMS go by; its pool must have their senders. */
  messagingServiceSid?: string;
  /** The WhatsApp numbers of the account, as digits; none where it sends SMS alone. */
  whatsappNumbers: readonly string[];
}

/** Twilio's ids: two letters that say of what, and 32 hexadecimal digits. */
const isSid = (text: string, letters: string): boolean => new RegExp(`^${letters}[0-9a-f]{32}$`, 'i').test(text);

/** Reads Twilio's settings. */
export function readSettings(readTable: ReadSettings): TwilioSettings {
  const read = readTable(settingsTable);
  const accountSid = read.text('TWILIO_ACCOUNT_SID');
  // What is not set at all is noted by the reader.
  if (accountSid !== '' && !isSid(accountSid, 'AC')) {
    read.problem('TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits');
  }
  const authToken = read.text('TWILIO_AUTH_TOKEN');
  const sid = read.optional('TWILIO_API_KEY');
  const secret = read.optional('TWILIO_API_SECRET');
  if (sid !== undefined && !isSid(sid, 'SK')) read.problem('TWILIO_API_KEY must be SK and 32 hexadecimal digits');
  if (sid !== undefined && secret === undefined)
    read.problem('TWILIO_API_SECRET is not set: it is required with TWILIO_API_KEY');
  if (sid === undefined && secret !== undefined)
    read.problem('TWILIO_API_KEY is not set: it is required with TWILIO_API_SECRET');
  const messagingServiceSid = read.optional('TWILIO_MESSAGING_SERVICE_SID');
  if (messagingServiceSid !== undefined && !isSid(messagingServiceSid, 'MG')) {
    read.problem('TWILIO_MESSAGING_SERVICE_SID must be MG and 32 hexadecimal digits');
  }
  const whatsappNumbers = read.list('TWILIO_WHATSAPP_NUMBERS');
  if (!whatsappNumbers.every((number) => /^\d{5,15}$/.test(number))) {
    read.problem('TWILIO_WHATSAPP_NUMBERS must be numbers as 5 to 15 digits, separated by commas');
  }
  return {
    url: read.url('TWILIO_URL'),
    accountSid,
    authToken,
    ...(sid === undefined || secret === undefined ? {} : { apiKey: { sid, secret } }),
    ...(messagingServiceSid === undefined ? {} : { messagingServiceSid }),
    whatsappNumbers,
  };
}

/** The `authorization` header of calls to the API (RFC 7617); its base64 can hold no line break. */
export function authorizationOf({ apiKey, accountSid, authToken }: TwilioSettings): string {
  const { sid, secret } = apiKey ?? { sid: accountSid, secret: authToken };
  return `Basic ${Buffer.from(`${sid}:${secret}`).toString('base64')}`;
}
