import type { SettingsTable } from '../core/setting.ts';
import { azureCommunication } from './azure-communication/index.ts';
import type { CarrierKind, ConfiguredCarrier } from './carrier.ts';
import { kannel } from './kannel/index.ts';
import type { ReadSettings } from './settings-reader.ts';
import { simulated } from './simulated/index.ts';
import { twilio } from './twilio/index.ts';
import { whatsappCloud } from './whatsapp-cloud/index.ts';

/** A kind of carrier, whatever its settings are. */
interface ListedKind {
  name: string;
  settingsTable: SettingsTable;
  /** Reads all settings; reports missing and malformed ones to the reader. */
  configure(read: ReadSettings): ConfiguredCarrier;
}

function list<Settings>(kind: CarrierKind<Settings>): ListedKind {
  const { name, settingsTable } = kind;
  return {
    name,
    settingsTable,
    configure(read) {
      const values = kind.readSettings(read);
      return { name, create: (deps) => kind.create(values, deps) };
    },
  };
}

/** All kinds of carriers. */
export const carrierKinds: readonly ListedKind[] = [
  list(simulated),
  list(kannel),
  list(whatsappCloud),
  list(azureCommunication),
  list(twilio),
];

/** The names of all kinds of carriers. */
export const carrierNames: readonly string[] = carrierKinds.map(({ name }) => name);
