import { defaultLatencyMs } from '../carriers/simulated/outcomes.ts';
import type { SettingsTable } from '../core/setting.ts';
import { portSetting } from '../settings/read-port.ts';

/** A week, in seconds: the longest time that makes sense for any of them. */
const maximum = 604_800;

/**
 * What only local runs read: `npm start`, `npm run token`, `npm run carrier` and the commands for operators. `npm start`
 * reads the settings of the app and of the simulated carrier as well. `npm run docs` writes the table in README.md from
 * this one.
 */
export const localSettings = {
  PORT: portSetting,
  DIRECTORY_FILE: {
    kind: 'text',
    absent: "the demo's directory, where the storage has none yet",
    meaning:
      'A file of customers and users, which `npm start` applies to the storage. On its own storage the directory then becomes exactly that.',
  },
  LOCAL_QUEUE_POLLING_MS: {
    kind: 'number',
    unit: 'milliseconds',
    maximum,
    absent: 'as in `host.json`',
    meaning: 'How long a queue message may wait to be noticed.',
  },
  LOCAL_QUEUE_VISIBILITY_SECONDS: {
    kind: 'number',
    unit: 'seconds',
    maximum,
    absent: '10 minutes, as in Azure',
    meaning: 'How long a queue message stays away whose worker died.',
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
    absent: 'kept in memory alone',
    meaning:
      'The file in which `npm run carrier` keeps its state over restarts. `npm start` has one in its data folder.',
  },
  'AzureWebJobs.….Disabled': {
    kind: 'flag',
    default: false,
    meaning: '`true` switches the function of that name off, as in Azure.',
  },
  'AzureWebJobs_…_Disabled': {
    kind: 'flag',
    default: false,
    meaning: 'The same, in the form that Linux takes.',
  },
} satisfies SettingsTable;
