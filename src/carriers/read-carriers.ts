import type { SendingRate } from '../messages/index.ts';
import { azureCommunication } from './azure-communication/index.ts';
import type { CarrierKind, ConfiguredCarrier } from './carrier.ts';
import { kannel } from './kannel/index.ts';
import type { SettingsReader } from './settings-reader.ts';
import { simulated } from './simulated/index.ts';
import { twilio } from './twilio/index.ts';
import { whatsappCloud } from './whatsapp-cloud/index.ts';

/** A kind of carrier, whatever its settings are. */
interface ListedKind {
  name: string;
  configure(read: SettingsReader): ConfiguredCarrier;
}

function list<Settings>(kind: CarrierKind<Settings>): ListedKind {
  const { name } = kind;
  return {
    name,
    configure(read) {
      const settings = kind.readSettings(read);
      return { name, create: (deps) => kind.create(settings, deps) };
    },
  };
}

/** Every kind of carrier. */
const kinds: readonly ListedKind[] = [
  list(simulated),
  list(kannel),
  list(whatsappCloud),
  list(azureCommunication),
  list(twilio),
];

/** Their names. */
export const carrierNames: readonly string[] = kinds.map(({ name }) => name);

/**
 * Reads which carriers there are (`CARRIERS`, the simulated one unless it says more) with their settings, and how many
 * messages an operator lets them be given (`CARRIER_RATES`, for example `kannel=30, twilio=1/sender`: a second).
 */
export function readCarriers(read: SettingsReader & { readonly list: (name: string) => string[] }): {
  carriers: ConfiguredCarrier[];
  carrierRates: ReadonlyMap<string, SendingRate>;
} {
  const named = read.list('CARRIERS');
  const names = [...new Set(named.length === 0 ? [simulated.name] : named)];
  const carriers = names.flatMap((name) => {
    const kind = kinds.find((candidate) => candidate.name === name);
    if (kind === undefined) read.problem(`CARRIERS names '${name}'; there are ${carrierNames.join(', ')}`);
    return kind === undefined ? [] : [kind.configure(read)];
  });
  return { carriers, carrierRates: readRates(read, names) };
}

/** The most messages a second that can be counted. */
const fastest = 1_500;

function readRates(read: SettingsReader, names: readonly string[]): ReadonlyMap<string, SendingRate> {
  const rates = new Map<string, SendingRate>();
  for (const [name, written] of read.pairs('CARRIER_RATES')) {
    const [, number, per] = /^(\d+(?:\.\d+)?)(\/sender)?$/.exec(written) ?? [];
    const perMinute = Math.floor(Number(number) * 60);
    if (!names.includes(name)) read.problem(`CARRIER_RATES names '${name}', which CARRIERS does not`);
    else if (!(perMinute >= 1 && perMinute <= fastest * 60))
      read.problem(
        `CARRIER_RATES of ${name} is not a number of messages a second up to ${fastest}, with or without /sender`,
      );
    else rates.set(name, { per: per === undefined ? 'carrier' : 'sender', perMinute });
  }
  return rates;
}
