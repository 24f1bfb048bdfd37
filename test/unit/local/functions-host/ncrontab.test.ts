import { expect, it } from 'vitest';

import { parseNcrontab } from '../../../../src/local/functions-host/ncrontab.ts';
import { isMonitored } from '../../../../src/local/functions-host/timer-trigger.ts';
import { refusal } from '../../../support/tools/refusal.ts';

// This day is a Monday.
const monday = '2026-11-23T11:24:05.250Z';

/** Returns the next runs of a schedule after the Monday, without the parts that they share with it. */
function next(schedule: string, count = 3): string[] {
  const { next: after } = parseNcrontab(schedule);
  const moments: string[] = [];
  for (let moment = after(new Date(monday)); moment !== undefined && moments.length < count; moment = after(moment)) {
    moments.push(moment.toISOString().replace(':00.000Z', '').replace('.000Z', ''));
  }
  return moments;
}

it('finds the next runs', () => {
  const cases: [schedule: string, runs: string[]][] = [
    ['* * * * * *', ['2026-11-23T11:24:06', '2026-11-23T11:24:07', '2026-11-23T11:24:08']],
    ['*/20 * * * * *', ['2026-11-23T11:24:20', '2026-11-23T11:24:40', '2026-11-23T11:25']],
    ['0 */5 * * * *', ['2026-11-23T11:25', '2026-11-23T11:30', '2026-11-23T11:35']],
    ['0 50/4 * * * *', ['2026-11-23T11:50', '2026-11-23T11:54', '2026-11-23T11:58']],
    ['0 10-20/5,31 12 * * *', ['2026-11-23T12:10', '2026-11-23T12:15', '2026-11-23T12:20']],
    ['0 0 9-10 * * MON-FRI', ['2026-11-24T09:00', '2026-11-24T10:00', '2026-11-25T09:00']],
    ['0 30 9 * * sunday', ['2026-11-29T09:30', '2026-12-06T09:30', '2026-12-13T09:30']],
    ['0 0 0 1 January,Mar *', ['2027-01-01T00:00', '2027-03-01T00:00', '2028-01-01T00:00']],
    ['0 0 0 29 2 *', ['2028-02-29T00:00', '2032-02-29T00:00', '2036-02-29T00:00']],
    ['0\t0 0  31 * *', ['2026-12-31T00:00', '2027-01-31T00:00', '2027-03-31T00:00']],
  ];
  for (const [schedule, runs] of cases) expect([schedule, next(schedule)]).toEqual([schedule, runs]);
});

it('requires both the day and the day of the week to match', () => {
  expect(next('0 0 0 13 * 5', 2)).toEqual(['2027-08-13T00:00', '2028-10-13T00:00']);
});

it('has no next run if the date never comes', () => {
  expect(next('0 0 0 30 2 *')).toEqual([]);
});

it('refuses what NCRONTAB refuses, and names the field', () => {
  const cases: [schedule: string, why: string][] = [
    ['* * * * *', 'The schedule "* * * * *" has 5 fields instead of 6: '],
    ['* * * * * * *', 'has 7 fields instead of 6'],
    ['00:00:30', 'has 1 field instead of 6'],
    ['60 * * * * *', 'is wrong in its second: "60" is not between 0 and 59.'],
    ['* -1 * * * *', 'is wrong in its minute: "" is not between 0 and 59.'],
    ['* * 24 * * *', 'is wrong in its hour: "24" is not between 0 and 23.'],
    ['* * * 0 * *', 'is wrong in its day: "0" is not between 1 and 31.'],
    ['* * * L * *', 'is wrong in its day: "L" is not between 1 and 31.'],
    ['* * * ? * *', 'is wrong in its day: "?" is not between 1 and 31.'],
    ['* * * * 13 *', 'is wrong in its month: "13" is not between 1 and 12.'],
    ['* * * * * 7', 'is wrong in its day of the week: "7" is not between 0 and 6.'],
    ['* * * * * FRI-MON', 'is wrong in its day of the week: "FRI-MON" ends before it begins.'],
    ['*/0 * * * * *', 'is wrong in its second: "*/0" has a step of 0.'],
    ['1,,2 * * * * *', 'is wrong in its second: "" is not a value, a range or a step.'],
    ['*/x * * * * *', 'is wrong in its second: "*/x" is not a value, a range or a step.'],
  ];
  for (const [schedule, why] of cases) {
    expect([schedule, refusal(() => parseNcrontab(schedule))]).toEqual([schedule, expect.stringContaining(why)]);
  }
});

it('counts a schedule as monitored unless it runs twice in the next minute', () => {
  const monitored = (schedule: string): boolean => isMonitored(parseNcrontab(schedule), new Date(monday));
  expect(monitored('0 * * * * *')).toBe(true);
  expect(monitored('*/30 * * * * *')).toBe(false);
  expect(monitored('0 0 0 30 2 *')).toBe(true);
});
