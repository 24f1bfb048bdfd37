import type { SettingsReader } from '../settings-reader.ts';

/** How the simulated carrier is reached. */
export interface SimulatedSettings {
  url: string;
  apiKey: string;
  webhookSecret: string;
  /** Whether it is run so that a repeated recipient id sends nothing. */
  recognisesRepeats: boolean;
}

/** Reads the simulated carrier's settings. */
export function readSettings(read: SettingsReader): SimulatedSettings {
  return {
    url: read.url('SIMULATED_CARRIER_URL'),
    apiKey: read.text('SIMULATED_CARRIER_KEY'),
    webhookSecret: read.text('SIMULATED_CARRIER_SECRET'),
    recognisesRepeats: read.optional('SIMULATED_CARRIER_RECOGNISES_REPEATS') !== 'false',
  };
}
