import type { Carrier } from '../../carriers/carrier.ts';
import { createCarriers } from '../../create-carriers.ts';
import { readCarriers } from '../../settings/carrier-settings.ts';
import { createSettingsReader } from '../../settings/create-settings-reader.ts';
import { settingsTable } from '../../settings/settings-table.ts';
import { signedIn } from '../open-storage.ts';

/**
 * Opens the carriers that the app has, from the same settings: CARRIERS and each carrier's own. A command asks them and
 * is never called back by them, so it doesn't need the app's other settings.
 *
 * @throws a sentence for each setting that is missing or malformed
 */
export function openOperatorCarriers(environment: NodeJS.ProcessEnv): Carrier[] {
  const problems: string[] = [];
  const read = createSettingsReader(environment, problems);
  // The app's default is the simulated carrier, which an operator who forgot the setting does not mean.
  const withoutDefault = { CARRIERS: { ...settingsTable.CARRIERS, default: [] } };
  if (read(withoutDefault).list('CARRIERS').length === 0)
    throw new Error('CARRIERS is not set: name the carriers that the app has.');
  const { carriers } = readCarriers(read);
  const entraAuthority = read(settingsTable).url('ENTRA_AUTHORITY');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return createCarriers(carriers, {
    publicUrl: environment['PUBLIC_URL'] ?? '',
    identity: signedIn(),
    entraAuthority,
    allowLoopback: false,
    now: () => new Date(),
  });
}
