import type { Carrier } from '../../carriers/carrier.ts';
import { createCarriers } from '../../create-carriers.ts';
import { readCarriers } from '../../settings/carrier-settings.ts';
import { createSettingsReader } from '../../settings/create-settings-reader.ts';
import { settingsTable } from '../../settings/settings-table.ts';
import { signedIn } from '../open-storage.ts';

/**
 * Opens the app's carriers, from the same settings: CARRIERS and each carrier's own. The carriers never call a command
 * back, so it doesn't need the app's other settings.
 *
 * @throws Error with a sentence for each setting that is missing or malformed
 */
export function openOperatorCarriers(environment: NodeJS.ProcessEnv): Carrier[] {
  const problems: string[] = [];
  const read = createSettingsReader(environment, problems);
  // The app's default is the simulated carrier, which is not what an operator wants who forgot the setting.
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
