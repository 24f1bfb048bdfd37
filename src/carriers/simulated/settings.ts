import type { SettingsTable } from '../../core/setting.ts';
import type { ReadSettings } from '../settings-reader.ts';

/** What the app, and the simulated carrier itself, read. Further settings of the carrier: src/local/local-settings.ts. */
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

/** How the simulated carrier is reached. */
export interface SimulatedSettings {
  url: string;
  apiKey: string;
  webhookSecret: string;
  /** Whether it is run so that a repeated recipient id sends nothing. */
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
