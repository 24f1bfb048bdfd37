import { describe, expect, test } from 'vitest';
import { capabilitiesOf } from '../../../../src/carriers/twilio/capabilities.ts';
import { readSettings } from '../../../../src/carriers/twilio/settings.ts';
import { createSettingsReader } from '../../../../src/settings/create-settings-reader.ts';

const sid = (letters: string): string => letters + '0123456789abcdef'.repeat(2);
const needed = { TWILIO_ACCOUNT_SID: sid('AC'), TWILIO_AUTH_TOKEN: 'token' };

/** Reads Twilio's settings from an environment; returns them and their problems. */
function read(environment: Readonly<Record<string, string>>) {
  const problems: string[] = [];
  return { settings: readSettings(createSettingsReader(environment, problems)), problems };
}

test('the account and its token are sufficient', () => {
  expect(read(needed)).toEqual({
    settings: { url: 'https://api.twilio.com', accountSid: sid('AC'), authToken: 'token', whatsappNumbers: [] },
    problems: [],
  });
});

test('reads all settings', () => {
  const { settings, problems } = read({
    ...needed,
    TWILIO_API_KEY: sid('SK'),
    TWILIO_API_SECRET: 'secret',
    TWILIO_MESSAGING_SERVICE_SID: sid('MG'),
    TWILIO_WHATSAPP_NUMBERS: '358401000001, 358401000002',
    TWILIO_URL: 'https://api.dublin.ie1.twilio.com',
  });
  expect(problems).toEqual([]);
  expect(settings).toEqual({
    url: 'https://api.dublin.ie1.twilio.com',
    accountSid: sid('AC'),
    authToken: 'token',
    apiKey: { sid: sid('SK'), secret: 'secret' },
    messagingServiceSid: sid('MG'),
    whatsappNumbers: ['358401000001', '358401000002'],
  });
});

describe('problems', () => {
  test('an empty environment', () => {
    expect(read({}).problems).toEqual(['TWILIO_ACCOUNT_SID is not set', 'TWILIO_AUTH_TOKEN is not set']);
  });

  test.for([
    ['TWILIO_ACCOUNT_SID', sid('SK')],
    ['TWILIO_ACCOUNT_SID', `${sid('AC')}0`],
    ['TWILIO_ACCOUNT_SID', `../${sid('AC')}`],
    ['TWILIO_MESSAGING_SERVICE_SID', sid('AC')],
    ['TWILIO_MESSAGING_SERVICE_SID', 'MG1'],
  ] as const)('%s is %s', ([name, value]) => {
    const letters = name === 'TWILIO_ACCOUNT_SID' ? 'AC' : 'MG';
    expect(read({ ...needed, [name]: value }).problems).toEqual([
      `${name} must be ${letters} and 32 hexadecimal digits`,
    ]);
  });

  test.for([
    [
      { TWILIO_WHATSAPP_NUMBERS: '+358401000001' },
      'TWILIO_WHATSAPP_NUMBERS must be numbers as 5 to 15 digits, separated by commas',
    ],
    [{ TWILIO_API_KEY: sid('SK') }, 'TWILIO_API_SECRET is not set: it is required with TWILIO_API_KEY'],
    [{ TWILIO_API_SECRET: 's' }, 'TWILIO_API_KEY is not set: it is required with TWILIO_API_SECRET'],
    [{ TWILIO_API_KEY: sid('AC'), TWILIO_API_SECRET: 's' }, 'TWILIO_API_KEY must be SK and 32 hexadecimal digits'],
  ] as const)('%o', ([more, problem]) => {
    expect(read({ ...needed, ...more }).problems).toEqual([problem]);
  });
});

test('the capabilities name WhatsApp only with numbers, and only these numbers', () => {
  expect(capabilitiesOf({ whatsappNumbers: [] })).toMatchObject({ protocols: ['SMS'] });
  const whatsappNumbers = ['358401000001'];
  expect(capabilitiesOf({ whatsappNumbers })).toMatchObject({ protocols: ['SMS', 'WhatsApp'], whatsappNumbers });
});
