import type { SettingsTable } from '../../core/setting.ts';
import type { ReadSettings, SettingsReader } from '../settings-reader.ts';

/** The settings of the Cloud API. */
export const settingsTable = {
  WHATSAPP_CLOUD_TOKEN: { kind: 'secret', required: true, meaning: "The system user's token." },
  WHATSAPP_CLOUD_APP_SECRET: {
    kind: 'secret',
    required: true,
    meaning: "The app's secret, with which Meta signs its calls.",
  },
  WHATSAPP_CLOUD_VERIFY_TOKEN: {
    kind: 'secret',
    required: true,
    meaning: 'The long random text that Meta shows when it checks the webhook.',
  },
  WHATSAPP_CLOUD_NUMBERS: {
    kind: 'pairs',
    form: '358401000001=PHONE_NUMBER_ID/WABA_ID',
    required: true,
    meaning: 'Each WhatsApp number with its ids.',
  },
  WHATSAPP_CLOUD_APP_ID: {
    kind: 'text',
    meaning:
      "The app's id; needed only to submit templates with a picture, a video or a document, of which Meta wants an example.",
  },
  WHATSAPP_CLOUD_VERSION: { kind: 'text', default: 'v23.0', meaning: 'The version of the Graph API.' },
  WHATSAPP_CLOUD_URL: { kind: 'url', default: 'https://graph.facebook.com', meaning: 'Where the Graph API is.' },
} satisfies SettingsTable;

type Reader = SettingsReader<typeof settingsTable>;

/** A WhatsApp number with Meta's ids. */
export interface WhatsAppNumber {
  /** In digits. */
  number: string;
  phoneNumberId: string;
  /** The WhatsApp Business Account that has the number and its templates. */
  accountId: string;
}

/** How to reach the Cloud API. */
export interface WhatsAppSettings {
  url: string;
  version: string;
  token: string;
  /** Signs webhook calls. */
  appSecret: string;
  /** The text that Meta sends when it verifies the webhook. */
  verifyToken: string;
  numbers: readonly WhatsAppNumber[];
  /** Required to upload examples of the media in headers of templates. */
  appId?: string;
}

/** Reads the settings of the Cloud API. */
export function readSettings(readTable: ReadSettings): WhatsAppSettings {
  const read = readTable(settingsTable);
  const version = read.text('WHATSAPP_CLOUD_VERSION');
  if (!/^v\d+\.\d+$/.test(version)) {
    const { default: example } = settingsTable.WHATSAPP_CLOUD_VERSION;
    read.problem(`WHATSAPP_CLOUD_VERSION must be a version of the Graph API, such as ${example}`);
  }
  const appId = read.optional('WHATSAPP_CLOUD_APP_ID');
  if (appId !== undefined && !isId(appId))
    read.problem('WHATSAPP_CLOUD_APP_ID must be the id of an app, which has digits alone');
  return {
    url: read.url('WHATSAPP_CLOUD_URL'),
    version,
    token: readToken(read),
    appSecret: read.text('WHATSAPP_CLOUD_APP_SECRET'),
    verifyToken: read.text('WHATSAPP_CLOUD_VERIFY_TOKEN'),
    numbers: readNumbers(read),
    ...(appId === undefined ? {} : { appId }),
  };
}

/** The token goes into a header, which must not contain a line break, for example from pasted text. */
function readToken(read: Reader): string {
  const token = read.text('WHATSAPP_CLOUD_TOKEN');
  if (!/^[!-~]*$/.test(token))
    read.problem('WHATSAPP_CLOUD_TOKEN must not have blanks, line breaks or other characters that no token has');
  return token;
}

const isId = (text: string): boolean => /^\d{1,30}$/.test(text);

function readNumbers(read: Reader): WhatsAppNumber[] {
  const pairs = [...read.pairs('WHATSAPP_CLOUD_NUMBERS')];
  if (pairs.length === 0) read.problem('WHATSAPP_CLOUD_NUMBERS is not set');
  const numbers = pairs.flatMap(([key, value]): WhatsAppNumber[] => {
    const number = key.replace(/^\+/, '');
    const [phoneNumberId = '', accountId = '', ...more] = value.split('/');
    if (/^\d{5,15}$/.test(number) && isId(phoneNumberId) && isId(accountId) && more.length === 0) {
      return [{ number, phoneNumberId, accountId }];
    }
    read.problem(
      `WHATSAPP_CLOUD_NUMBERS names ${key}, which must be written as ${settingsTable.WHATSAPP_CLOUD_NUMBERS.form}`,
    );
    return [];
  });
  for (const field of ['number', 'phoneNumberId'] as const) {
    const values = numbers.map((each) => each[field]);
    const repeated = values.find((value, index) => values.indexOf(value) < index);
    if (repeated !== undefined) read.problem(`WHATSAPP_CLOUD_NUMBERS names ${repeated} twice`);
  }
  return numbers;
}

/** Finds the number of a sender or an identity, in any notation; returns undefined if it is not in the settings. */
export function findNumber({ numbers }: Pick<WhatsAppSettings, 'numbers'>, text: string): WhatsAppNumber | undefined {
  const digits = text.replaceAll(/\D/g, '');
  return numbers.find(({ number }) => number === digits);
}
