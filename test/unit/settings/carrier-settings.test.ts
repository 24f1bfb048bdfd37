import { expect, test } from 'vitest';

import { readCarriers } from '../../../src/settings/carrier-settings.ts';
import { createSettingsReader } from '../../../src/settings/create-settings-reader.ts';

const simulated = {
  SIMULATED_CARRIER_URL: 'http://127.0.0.1:7073/',
  SIMULATED_CARRIER_KEY: 'key',
  SIMULATED_CARRIER_SECRET: 'secret',
};

function read(environment: Readonly<Record<string, string>>) {
  const problems: string[] = [];
  const { carriers, carrierRates } = readCarriers(createSettingsReader(environment, problems));
  return { names: carriers.map(({ name }) => name), rates: Object.fromEntries(carrierRates), problems };
}

test('by default there is the simulated carrier', () => {
  expect(read(simulated)).toEqual({ names: ['simulated'], rates: {}, problems: [] });
});

test('the named carriers are there, in their order, each once', () => {
  expect(read({ ...simulated, CARRIERS: ' simulated , simulated ' }).names).toEqual(['simulated']);
});

test('only the settings of named carriers are required', () => {
  expect(read({ CARRIERS: 'simulated' }).problems).toEqual([
    'SIMULATED_CARRIER_URL is not set',
    'SIMULATED_CARRIER_KEY is not set',
    'SIMULATED_CARRIER_SECRET is not set',
  ]);
});

test('refuses a carrier that does not exist', () => {
  const { names, problems } = read({ ...simulated, CARRIERS: 'pigeon,simulated' });
  expect(names).toEqual(['simulated']);
  expect(problems).toEqual([
    expect.stringMatching(/^CARRIERS names 'pigeon', which is not a carrier: use simulated, kannel\b/),
  ]);
});

test('a rate is in messages a second, for the carrier or for each sender', () => {
  expect(read({ ...simulated, CARRIER_RATES: 'simulated=30' }).rates).toEqual({
    simulated: { per: 'carrier', perMinute: 1_800 },
  });
  expect(read({ ...simulated, CARRIER_RATES: 'simulated = 0.5/sender' }).rates).toEqual({
    simulated: { per: 'sender', perMinute: 30 },
  });
});

const noRate =
  'CARRIER_RATES of simulated must be a number of messages a second above 0, at most 1500, with or without /sender';
test.for([
  ['simulated', 'CARRIER_RATES must be a list such as kannel=30, twilio=1/sender'],
  ['simulated=', 'CARRIER_RATES must be a list such as kannel=30, twilio=1/sender'],
  ['simulated=1,simulated=2', 'CARRIER_RATES names simulated twice'],
  ['kannel=1', "CARRIER_RATES names 'kannel', which CARRIERS does not name"],
  ['simulated=0', noRate],
  ['simulated=0.01', noRate],
  ['simulated=1501', noRate],
  ['simulated=-1', noRate],
  ['simulated=1/minute', noRate],
  ['simulated=many', noRate],
])('refuses the rate %s', ([CARRIER_RATES = '', problem]) => {
  expect(read({ ...simulated, CARRIER_RATES }).problems).toEqual([problem]);
});
