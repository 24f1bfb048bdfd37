import { startSimulatedCarrier } from '../carriers/simulated/server.ts';

// Runs the simulated carrier as a process of its own; settings come from the environment.

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`${name} must be a whole number, not '${text}'`);
  return Number(text);
}

const latency = process.env['SIMULATED_CARRIER_LATENCY_MS'];
const stateFile = process.env['SIMULATED_CARRIER_STATE'];

const carrier = await startSimulatedCarrier({
  port: wholeNumber('PORT', required('PORT')),
  apiKey: required('SIMULATED_CARRIER_KEY'),
  webhookSecret: required('SIMULATED_CARRIER_SECRET'),
  ...(latency && { latencyMs: wholeNumber('SIMULATED_CARRIER_LATENCY_MS', latency) }),
  ...(stateFile && { stateFile }),
  log: (line) => console.error(line),
});
console.log(`simulated carrier ${carrier.url}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void carrier.stop());
