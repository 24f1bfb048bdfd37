import type { SettingsReader } from '../settings-reader.ts';

/** A number that sends, and what Meta knows it by. */
export interface WhatsAppNumber {
  /** Digits. */
  number: string;
  phoneNumberId: string;
  /** The WhatsApp Business Account that it is in, and so its templates. */
  accountId: string;
}

/** How the Cloud API is reached. */
export interface WhatsAppSettings {
  url: string;
  version: string;
  token: string;
  /** Signs webhook calls. */
  appSecret: string;
  /** What Meta shows when it looks whether the webhook is ours. */
  verifyToken: string;
  numbers: readonly WhatsAppNumber[];
  /** Needed to upload examples of what headers of templates carry. */
  appId?: string;
}

/** Reads the settings of the Cloud API. */
export function readSettings(read: SettingsReader): WhatsAppSettings {
  const version = read.optional('WHATSAPP_CLOUD_VERSION') ?? 'v23.0';
  if (!/^v\d+\.\d+$/.test(version))
    read.problem('WHATSAPP_CLOUD_VERSION is not a version of the Graph API, such as v23.0');
  const appId = read.optional('WHATSAPP_CLOUD_APP_ID');
  if (appId !== undefined && !isId(appId)) read.problem('WHATSAPP_CLOUD_APP_ID is not the number of an app');
  return {
    url: read.url('WHATSAPP_CLOUD_URL', 'https://graph.facebook.com'),
    version,
    token: readToken(read),
    appSecret: read.text('WHATSAPP_CLOUD_APP_SECRET'),
    verifyToken: read.text('WHATSAPP_CLOUD_VERIFY_TOKEN'),
    numbers: readNumbers(read),
    ...(appId === undefined ? {} : { appId }),
  };
}

/** It goes into a header, which a line break of a wrapped paste would break. */
function readToken(read: SettingsReader): string {
  const token = read.text('WHATSAPP_CLOUD_TOKEN');
  if (!/^[!-~]*$/.test(token))
    read.problem('WHATSAPP_CLOUD_TOKEN has blanks, line breaks or other characters that no token has');
  return token;
}

const isId = (text: string): boolean => /^\d{1,30}$/.test(text);

function readNumbers(read: SettingsReader): WhatsAppNumber[] {
  const name = 'WHATSAPP_CLOUD_NUMBERS';
  const pairs = [...read.pairs(name)];
  if (pairs.length === 0) read.problem(`${name} is not set`);
  const numbers = pairs.flatMap(([key, value]): WhatsAppNumber[] => {
    const number = key.replace(/^\+/, '');
    const [phoneNumberId = '', accountId = '', ...more] = value.split('/');
    if (/^\d{5,15}$/.test(number) && isId(phoneNumberId) && isId(accountId) && more.length === 0) {
      return [{ number, phoneNumberId, accountId }];
    }
    read.problem(`${name} has ${key}, which is not like 358401000001=PHONE_NUMBER_ID/WABA_ID`);
    return [];
  });
  for (const field of ['number', 'phoneNumberId'] as const) {
    const values = numbers.map((each) => each[field]);
    const repeated = values.find((value, index) => values.indexOf(value) < index);
    if (repeated !== undefined) read.problem(`${name} has ${repeated} twice`);
  }
  return numbers;
}

/** The number that a sender or an identity is, in whatever form it is written; undefined where it isn't one of ours. */
export function findNumber({ numbers }: Pick<WhatsAppSettings, 'numbers'>, text: string): WhatsAppNumber | undefined {
  const digits = text.replaceAll(/\D/g, '');
  return numbers.find(({ number }) => number === digits);
}
