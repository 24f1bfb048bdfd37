import { startSimulatedCarrier } from '../carriers/simulated/server.ts';
import type { settingsTable } from '../carriers/simulated/settings.ts';
import { isHttpUrl } from '../carriers/simulated/submission.ts';
import type { localSettings } from './local-settings.ts';

// Runs the simulated carrier as a process of its own. Its settings come from the environment.

type Name = keyof typeof localSettings | keyof typeof settingsTable;

function required(name: Name): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

function wholeNumber(name: Name, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`${name} must be a whole number, not '${text}'`);
  return Number(text);
}

function httpUrl(name: Name, text: string): string {
  if (!isHttpUrl(text)) throw new Error(`${name} must be an http or https address, not '${text}'`);
  return text;
}

const latency = process.env['SIMULATED_CARRIER_LATENCY_MS'];
const inboundUrl = process.env['SIMULATED_CARRIER_INBOUND_URL'];
const stateFile = process.env['SIMULATED_CARRIER_STATE'];

const carrier = await startSimulatedCarrier({
  port: wholeNumber('PORT', required('PORT')),
  apiKey: required('SIMULATED_CARRIER_KEY'),
  webhookSecret: required('SIMULATED_CARRIER_SECRET'),
  ...(latency && { latencyMs: wholeNumber('SIMULATED_CARRIER_LATENCY_MS', latency) }),
  ...(inboundUrl && { inboundUrl: httpUrl('SIMULATED_CARRIER_INBOUND_URL', inboundUrl) }),
  ...(stateFile && { stateFile }),
  recognisesRepeats: process.env['SIMULATED_CARRIER_RECOGNISES_REPEATS'] !== 'false',
  log: (line) => console.error(line),
});
console.log(`simulated carrier ${carrier.url}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void carrier.stop());
