import type { SettingsTable } from '../../core/setting.ts';
import type { ReadSettings } from '../settings-reader.ts';

/** The settings of Twilio. */
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

/** How to reach Twilio, and with which account. */
export interface TwilioSettings {
  /** The API's base address, without a slash at the end. */
  url: string;
  accountSid: string;
  /** Verifies signatures of webhook calls; also the API's password if there is no key. */
  authToken: string;
  /** Used for calls to the API in place of the account's token, which then only verifies signatures. */
  apiKey?: { sid: string; secret: string };
  /** The Messaging Service whose rules apply to SMS; its sender pool must contain the senders. */
  messagingServiceSid?: string;
  /** The WhatsApp numbers of the account in digits; empty if it sends SMS only. */
  whatsappNumbers: readonly string[];
}

/** Whether a text is one of Twilio's ids: two letters for its kind, and 32 hexadecimal digits. */
const isSid = (text: string, letters: string): boolean => new RegExp(`^${letters}[0-9a-f]{32}$`, 'i').test(text);

/** Reads Twilio's settings. */
export function readSettings(readTable: ReadSettings): TwilioSettings {
  const read = readTable(settingsTable);
  const accountSid = read.text('TWILIO_ACCOUNT_SID');
  // The reader reports a missing setting itself.
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

/** Makes the `authorization` header of calls to the API (RFC 7617). Its base64 can't contain a line break. */
export function authorizationOf({ apiKey, accountSid, authToken }: TwilioSettings): string {
  const { sid, secret } = apiKey ?? { sid: accountSid, secret: authToken };
  return `Basic ${Buffer.from(`${sid}:${secret}`).toString('base64')}`;
}
