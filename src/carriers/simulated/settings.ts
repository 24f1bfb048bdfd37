import type { SettingsTable } from '../../core/setting.ts';
import type { ReadSettings } from '../settings-reader.ts';

/**
 * Settings that both the app and the simulated carrier read. The carrier's others are in src/local/local-settings.ts.
 */
export const settingsTable = {
  SIMULATED_CARRIER_URL: {
    kind: 'url',
    required: true,
    meaning: 'Where the carrier is; `npm start` runs one of its own if this is absent.',
  },
  SIMULATED_CARRIER_KEY: {
    kind: 'secret',
    required: true,
    meaning: 'The key that clients submit with; `npm start` makes one if this is absent.',
  },
  SIMULATED_CARRIER_SECRET: {
    kind: 'secret',
    required: true,
    meaning: 'Signs webhook calls; `npm start` makes one if this is absent.',
  },
  SIMULATED_CARRIER_RECOGNISES_REPEATS: {
    kind: 'flag',
    default: true,
    meaning:
      '`false`: the carrier takes a message whose id it has seen for another one, and the app treats it as a carrier that does so.',
  },
} satisfies SettingsTable;

/** How to reach the simulated carrier. */
export interface SimulatedSettings {
  url: string;
  apiKey: string;
  webhookSecret: string;
  /** Whether the carrier was started so that a repeated recipient id sends nothing. */
  recognisesRepeats: boolean;
}

/** Reads the simulated carrier's settings. */
export function readSettings(read: ReadSettings): SimulatedSettings {
  const { flag, text, url } = read(settingsTable);
  return {
    url: url('SIMULATED_CARRIER_URL'),
    apiKey: text('SIMULATED_CARRIER_KEY'),
    webhookSecret: text('SIMULATED_CARRIER_SECRET'),
    recognisesRepeats: flag('SIMULATED_CARRIER_RECOGNISES_REPEATS'),
  };
}
