import type { SettingsTable } from '../../core/setting.ts';
import type { ReadSettings, SettingsReader } from '../settings-reader.ts';

/** What the app reads of the Cloud API. */
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

/** It goes into a header, which a line break of a wrapped paste would break. */
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

/** The number that a sender or an identity is, in whatever form it is written; undefined where it isn't one of ours. */
export function findNumber({ numbers }: Pick<WhatsAppSettings, 'numbers'>, text: string): WhatsAppNumber | undefined {
  const digits = text.replaceAll(/\D/g, '');
  return numbers.find(({ number }) => number === digits);
}
