import { carrierKinds, carrierNames } from '../carriers/carrier-kinds.ts';
import type { ConfiguredCarrier } from '../carriers/carrier.ts';
import type { ReadSettings, SettingsReader } from '../carriers/settings-reader.ts';
import type { SendingRate } from '../messages/index.ts';
import { settingsTable } from './settings-table.ts';
import type { AppSettings } from './settings-table.ts';

/** What the settings say about carriers. */
interface CarrierSettings {
  /** The carriers. If a service names none, they are asked to send in this order. */
  carriers: readonly ConfiguredCarrier[];
  /** Rates that override carriers' own rates, by the carrier's name. */
  carrierRates: ReadonlyMap<string, SendingRate>;
}

/**
 * Reads the carriers (`CARRIERS`) with their settings, and how many messages a second they get (`CARRIER_RATES`, for
 * example `kannel=30, twilio=1/sender`).
 */
export function readCarriers(read: ReadSettings): CarrierSettings {
  const app = read(settingsTable);
  const names = [...new Set(app.list('CARRIERS'))];
  const carriers = names.flatMap((name) => {
    const kind = carrierKinds.find((candidate) => candidate.name === name);
    if (kind === undefined) {
      app.problem(`CARRIERS names '${name}', which is not a carrier: use ${carrierNames.join(', ')}`);
    }
    return kind === undefined ? [] : [kind.configure(read)];
  });
  return { carriers, carrierRates: readRates(app, names) };
}

function readRates(read: SettingsReader<AppSettings>, names: readonly string[]): ReadonlyMap<string, SendingRate> {
  const rates = new Map<string, SendingRate>();
  const { maximum } = settingsTable.CARRIER_RATES;
  for (const [name, written] of read.pairs('CARRIER_RATES')) {
    const [, number, per] = /^(\d+(?:\.\d+)?)(\/sender)?$/.exec(written) ?? [];
    const perMinute = Math.floor(Number(number) * 60);
    if (!names.includes(name)) read.problem(`CARRIER_RATES names '${name}', which CARRIERS does not name`);
    else if (!(perMinute >= 1 && perMinute <= maximum * 60)) {
      read.problem(
        `CARRIER_RATES of ${name} must be a number of messages a second above 0, at most ${maximum}, with or without /sender`,
      );
    } else rates.set(name, { per: per === undefined ? 'carrier' : 'sender', perMinute });
  }
  return rates;
}
