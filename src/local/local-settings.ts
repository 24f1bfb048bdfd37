import { defaultLatencyMs } from '../carriers/simulated/outcomes.ts';
import type { SettingsTable } from '../core/setting.ts';
import { portSetting } from '../settings/read-port.ts';

/** A week, in seconds: longer than any of these times needs to be. */
const maximum = 604_800;

/**
 * The settings of local runs: `npm start`, `npm run token`, `npm run carrier` and the commands for operators. `npm
 * start` also reads the settings of the app and of the simulated carrier. `npm run docs` writes the table in README.md
 * from this one.
 */
export const localSettings = {
  PORT: portSetting,
  DIRECTORY_FILE: {
    kind: 'text',
    absent: 'the demo directory, if the storage has no directory yet',
    meaning:
      'A file of customers and users, which `npm start` applies to the storage. If the storage is its own, `npm start` also removes all other customers and users.',
  },
  LOCAL_QUEUE_POLLING_MS: {
    kind: 'number',
    unit: 'milliseconds',
    maximum,
    absent: 'as in `host.json`',
    meaning: 'The longest time between two polls of a queue.',
  },
  LOCAL_QUEUE_VISIBILITY_SECONDS: {
    kind: 'number',
    unit: 'seconds',
    maximum,
    absent: '10 minutes, as in Azure',
    meaning: 'How long a queue message stays invisible if its worker dies.',
  },
  LOCAL_TIMER_SECONDS: {
    kind: 'number',
    unit: 'seconds',
    maximum,
    absent: "each timer's schedule",
    meaning: 'How often every timer runs.',
  },
  SIMULATED_CARRIER_LATENCY_MS: {
    kind: 'number',
    unit: 'milliseconds',
    default: defaultLatencyMs,
    meaning: 'The time between the events of a message at the simulated carrier.',
  },
  SIMULATED_CARRIER_INBOUND_URL: {
    kind: 'url',
    absent: "none: phones can't write",
    meaning:
      "Where `npm run carrier` brings inbound messages: the host's base address and `/webhooks/simulated`. `npm start` knows it.",
  },
  SIMULATED_CARRIER_STATE: {
    kind: 'text',
    absent: 'kept in memory only',
    meaning:
      'The file in which `npm run carrier` keeps its state over restarts. `npm start` has one in its data folder.',
  },
  'AzureWebJobs.….Disabled': {
    kind: 'flag',
    default: false,
    meaning: '`true` switches off the function of that name, as in Azure.',
  },
  'AzureWebJobs_…_Disabled': {
    kind: 'flag',
    default: false,
    meaning: 'The same, in the form that Linux accepts.',
  },
} satisfies SettingsTable;
