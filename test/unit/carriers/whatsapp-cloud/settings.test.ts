import { expect, test } from 'vitest';
import { readSettings } from '../../../../src/carriers/whatsapp-cloud/settings.ts';
import { createSettingsReader } from '../../../../src/settings/create-settings-reader.ts';
import { connectCloud } from '../../../support/labs/carriers/whatsapp-cloud.ts';

const complete = {
  WHATSAPP_CLOUD_TOKEN: 'token',
  WHATSAPP_CLOUD_APP_SECRET: 'secret',
  WHATSAPP_CLOUD_VERIFY_TOKEN: 'verify',
  WHATSAPP_CLOUD_NUMBERS: '358401000001=11/22,+358401000002=12/22',
};

/** Reads settings as the app does; returns them and their problems. */
function read(environment: Record<string, string>) {
  const problems: string[] = [];
  const settings = readSettings(createSettingsReader(environment, problems));
  return { settings, problems };
}

test('reads the settings, with defaults for address and version', () => {
  expect(read(complete)).toEqual({
    problems: [],
    settings: {
      url: 'https://graph.facebook.com',
      version: 'v23.0',
      token: 'token',
      appSecret: 'secret',
      verifyToken: 'verify',
      numbers: [
        { number: '358401000001', phoneNumberId: '11', accountId: '22' },
        { number: '358401000002', phoneNumberId: '12', accountId: '22' },
      ],
    },
  });
});

test('reads another address, version and app', () => {
  const other = {
    WHATSAPP_CLOUD_URL: 'http://127.0.0.1:8080',
    WHATSAPP_CLOUD_VERSION: 'v24.1',
    WHATSAPP_CLOUD_APP_ID: '33',
  };
  const { settings, problems } = read({ ...complete, ...other });
  expect(problems).toEqual([]);
  expect(settings).toMatchObject({ url: 'http://127.0.0.1:8080', version: 'v24.1', appId: '33' });
});

test('names all missing settings', () => {
  expect(read({}).problems.sort()).toEqual([
    'WHATSAPP_CLOUD_APP_SECRET is not set',
    'WHATSAPP_CLOUD_NUMBERS is not set',
    'WHATSAPP_CLOUD_TOKEN is not set',
    'WHATSAPP_CLOUD_VERIFY_TOKEN is not set',
  ]);
});

const like = 'which must be written as 358401000001=PHONE_NUMBER_ID/WABA_ID';
test.for([
  ['WHATSAPP_CLOUD_VERSION', '23', 'WHATSAPP_CLOUD_VERSION must be a version of the Graph API, such as v23.0'],
  ['WHATSAPP_CLOUD_VERSION', 'v23.0/x', 'WHATSAPP_CLOUD_VERSION must be a version of the Graph API, such as v23.0'],
  ['WHATSAPP_CLOUD_APP_ID', '3/..', 'WHATSAPP_CLOUD_APP_ID must be the id of an app, which has digits alone'],
  ['WHATSAPP_CLOUD_NUMBERS', '358401000001=11', `WHATSAPP_CLOUD_NUMBERS names 358401000001, ${like}`],
  ['WHATSAPP_CLOUD_NUMBERS', '358401000001=11/22/33', `WHATSAPP_CLOUD_NUMBERS names 358401000001, ${like}`],
  ['WHATSAPP_CLOUD_NUMBERS', '358401000001=11/x', `WHATSAPP_CLOUD_NUMBERS names 358401000001, ${like}`],
  ['WHATSAPP_CLOUD_NUMBERS', 'Arena=11/22', `WHATSAPP_CLOUD_NUMBERS names Arena, ${like}`],
  ['WHATSAPP_CLOUD_NUMBERS', '358401000001=11/22,358401000002=11/22', 'WHATSAPP_CLOUD_NUMBERS names 11 twice'],
  [
    'WHATSAPP_CLOUD_NUMBERS',
    '358401000001=11/22,+358401000001=12/22',
    'WHATSAPP_CLOUD_NUMBERS names 358401000001 twice',
  ],
] as const)('%s=%s is a problem', ([name, value, problem]) => {
  expect(read({ ...complete, [name]: value }).problems).toEqual([problem]);
});

test('the carrier sends from the numbers in the settings, 80 messages a second from each', () => {
  const { capabilities } = connectCloud({ url: 'http://127.0.0.1:9' });
  expect(capabilities).toMatchObject({
    protocols: ['WhatsApp'],
    whatsappNumbers: ['358401000001', '358401000002', '358401000003'],
    rates: [{ protocol: 'WhatsApp', per: 'sender', perMinute: 4_800 }],
  });
});
