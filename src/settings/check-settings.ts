import { simulated } from '../carriers/simulated/index.ts';
import type { SettingsReader } from '../carriers/settings-reader.ts';
import type { Settings } from './settings.ts';
import { settingsTable } from './settings-table.ts';
import type { AppSettings } from './settings-table.ts';

/** Adds problems for settings that contradict each other, and for settings that the app refuses in Azure. */
export function checkSettings(
  settings: Settings,
  read: SettingsReader<AppSettings>,
  { isInAzure }: { isInAzure: boolean },
): void {
  if (isInAzure) refuseInAzure(settings, read);
  checkFailpoint(settings, read, isInAzure);
  if (isInAzure) checkLeases(settings, read);
  if (settings.fallbackAfterSeconds >= settings.reportTimeoutSeconds) {
    read.problem('SMS_FALLBACK_AFTER_SECONDS must be less than REPORT_TIMEOUT_SECONDS: no fallback is sent after that');
  }
  if (settings.attachmentHours > settings.retentionDays * 24) {
    read.problem('ATTACHMENT_HOURS must not be longer than RETENTION_DAYS: attachments are deleted after that');
  }
}

function refuseInAzure({ carriers, callbacks }: Settings, { flag, problem }: SettingsReader<AppSettings>): void {
  // A message that only seems to be sent is worse than an error, so in Azure an operator must ask for the simulation.
  if (carriers.some(({ name }) => name === simulated.name) && !flag('ALLOW_SIMULATED_CARRIER')) {
    problem(
      'CARRIERS names the simulated carrier, the default, which reaches no phone: name others, or set ALLOW_SIMULATED_CARRIER=true',
    );
  }
  if (callbacks.allowLoopback) {
    problem('ALLOW_LOOPBACK_CALLBACKS is for local runs: in Azure it would let callers reach this machine; remove it');
  }
}

function checkFailpoint({ failpoint }: Settings, read: SettingsReader<AppSettings>, isInAzure: boolean): void {
  const written = read.optional('FAILPOINT');
  if (written === undefined) return;
  if (isInAzure)
    read.problem('FAILPOINT is for tests on your own machine: in Azure it would end this process; remove it');
  else if (failpoint === undefined) {
    read.problem(`FAILPOINT must name a failpoint, such as send.claimed or send.claimed:3, not '${written}'`);
  }
}

function checkLeases({ leases }: Settings, { problem }: SettingsReader<AppSettings>): void {
  const shortest = Math.min(...Object.values(leases));
  const { minimumInAzure } = settingsTable.LEASE_SECONDS;
  if (shortest < minimumInAzure) {
    problem(
      `LEASE_SECONDS must be at least ${minimumInAzure} in Azure, not ${shortest}: a call may take half a minute, and would be made twice`,
    );
  }
}
