import type { RetrySchedule } from '../../../src/http-delivery/index.ts';
import { readRetrySchedule } from '../../../src/settings/callback-settings.ts';
import { createSettingsReader } from '../../../src/settings/create-settings-reader.ts';
import { settingsTable } from '../../../src/settings/settings-table.ts';

/** When failed calls are made again if no setting says otherwise. */
export const defaultSchedule: RetrySchedule = readRetrySchedule(createSettingsReader({}, [])(settingsTable));
