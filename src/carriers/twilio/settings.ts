import type { SettingsReader } from '../settings-reader.ts';

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
export function readSettings(read: SettingsReader): TwilioSettings {
  const accountSid = read.text('TWILIO_ACCOUNT_SID');
  // What is not set at all is noted by the reader.
  if (accountSid !== '' && !isSid(accountSid, 'AC')) {
    read.problem('TWILIO_ACCOUNT_SID is not AC and 32 hexadecimal digits');
  }
  const authToken = read.text('TWILIO_AUTH_TOKEN');
  const sid = read.optional('TWILIO_API_KEY');
  const secret = read.optional('TWILIO_API_SECRET');
  if (sid !== undefined && !isSid(sid, 'SK')) read.problem('TWILIO_API_KEY is not SK and 32 hexadecimal digits');
  if (sid !== undefined && secret === undefined) read.problem('TWILIO_API_SECRET is not set, though TWILIO_API_KEY is');
  if (sid === undefined && secret !== undefined) read.problem('TWILIO_API_KEY is not set, though TWILIO_API_SECRET is');
  const messagingServiceSid = read.optional('TWILIO_MESSAGING_SERVICE_SID');
  if (messagingServiceSid !== undefined && !isSid(messagingServiceSid, 'MG')) {
    read.problem('TWILIO_MESSAGING_SERVICE_SID is not MG and 32 hexadecimal digits');
  }
  const whatsappNumbers = (read.optional('TWILIO_WHATSAPP_NUMBERS') ?? '')
    .split(',')
    .flatMap((number) => number.trim() || []);
  if (!whatsappNumbers.every((number) => /^\d{5,15}$/.test(number))) {
    read.problem('TWILIO_WHATSAPP_NUMBERS is not a list of numbers as digits, separated by commas');
  }
  return {
    url: read.url('TWILIO_URL', 'https://api.twilio.com'),
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
