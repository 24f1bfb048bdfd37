import { describe, expect, test } from 'vitest';

import { runSweeps } from '../../../src/maintenance/run-sweeps.ts';
import type { SweepDeps } from '../../../src/maintenance/run-sweeps.ts';
import type { Sweep } from '../../../src/maintenance/sweep.ts';
import { createMemorySweepPositions } from '../../support/fakes/sweep-positions.ts';
import { after, testNow } from '../../support/labs/kernel.ts';
import { day, hour, minute, second } from '../../support/labs/maintenance.ts';

const createDeps = (now: () => Date = () => testNow): SweepDeps => ({
  maintenance: { positions: createMemorySweepPositions() },
  now,
});

/** A sweep of rows that are a minute old. */
const newRows = (name: string, step: Sweep<SweepDeps>['step']): Sweep<SweepDeps> => ({
  name,
  ageSeconds: () => 60,
  range: 'new',
  everySeconds: () => 60,
  step,
});

/** A sweep of everything that is older than a minute. */
const allRows = (name: string, step: Sweep<SweepDeps>['step']): Sweep<SweepDeps> => ({
  name,
  ageSeconds: () => 60,
  range: 'all',
  step,
});

describe('a run of sweeps', () => {
  test('names the sweep that fails, and runs the others', async () => {
    const steps: string[] = [];
    const sweep = (name: string, fails = false): Sweep<SweepDeps> =>
      newRows(name, async () => {
        steps.push(name);
        if (fails) throw new Error('storage is away');
        return { done: 2 };
      });
    const result = await runSweeps([sweep('a'), sweep('b', true), sweep('c')], createDeps());
    expect(steps).toEqual(['a', 'b', 'c']);
    expect(result).toMatchObject({ done: { a: 2, c: 2 }, failures: 1, error: new Error('the sweep b failed') });
  });

  test('names the cause of a failure', async () => {
    const failure = new Error('no storage');
    const result = await runSweeps(
      [allRows('broken', () => Promise.reject(failure)), allRows('whole', async () => ({ done: 3 }))],
      createDeps(),
    );
    expect(result).toEqual({
      done: { whole: 3 },
      error: expect.objectContaining({ cause: failure }) as unknown,
      failures: 1,
    });
  });

  test('counts failures of single items, and goes on', async () => {
    const sweep = newRows('items', async ({ from }) =>
      from === undefined ? { done: 1, next: 'more', failures: [new Error('one'), new Error('two')] } : { done: 4 },
    );
    expect(await runSweeps([sweep], createDeps())).toEqual({
      done: { items: 5 },
      error: expect.objectContaining({ cause: new Error('one') }) as unknown,
      failures: 2,
    });
  });

  test('sweeps each storage account separately, and goes on from the page that failed', async () => {
    const deps = createDeps();
    let isAway = true;
    const pages: string[] = [];
    const sweep: Sweep<SweepDeps> = {
      ...newRows('spread', async ({ from = 'first', account }) => {
        pages.push(`${account} ${from}`);
        if (account === 0 && from === 'second' && isAway) throw new Error('storage is away');
        return from === 'first' ? { done: 1, next: 'second' } : { done: 1 };
      }),
      accounts: () => 2,
    };
    expect(await runSweeps([sweep], deps)).toMatchObject({
      done: { spread: 1, 'spread-at-1': 2 },
      unfinished: ['spread'],
      failures: 1,
    });
    // It failed on the page where this run began, so the span starts over.
    await runSweeps([sweep], deps);
    isAway = false;
    await runSweeps([sweep], { ...deps, now: () => after(30 * second) });
    expect(pages.slice(0, 5)).toEqual(['0 first', '0 second', '1 first', '1 second', '0 second']);
    expect(new Set(pages.slice(5))).toEqual(new Set(['0 first', '0 second']));
  });
});

describe('a sweep of new rows', () => {
  /** A sweep that records its spans and pages, as times of the day. */
  function createWatched(): Sweep<SweepDeps> & { spans: [string, string, string | undefined][] } {
    const spans: [string, string, string | undefined][] = [];
    const sweep = newRows('paged', async ({ span: { from, to }, from: page }) => {
      spans.push([from.toISOString().slice(11, 19), to.toISOString().slice(11, 19), page]);
      return page === undefined ? { done: 0, next: 'more' } : { done: 0 };
    });
    return { ...sweep, spans };
  }

  test('goes on where it stopped, page by page; spans overlap by one minute only', async () => {
    let now = testNow;
    const deps = createDeps(() => now);
    const sweep = createWatched();
    await runSweeps([sweep], deps);
    now = after(30 * second);
    await runSweeps([sweep], deps);
    now = after(60 * second);
    await runSweeps([sweep], deps);
    expect(sweep.spans).toEqual([
      ['09:59:00', '09:59:00', undefined],
      ['09:59:00', '09:59:00', 'more'],
      ['09:58:00', '10:00:00', undefined],
      ['09:58:00', '10:00:00', 'more'],
    ]);
  });

  test('goes on from a position that an earlier version stored', async () => {
    const deps = createDeps();
    await deps.maintenance.positions.write(
      'paged',
      JSON.stringify({ from: after(-4 * minute), to: after(-2 * minute), next: 'a5 token' }),
    );
    const sweep = createWatched();
    await runSweeps([sweep], deps);
    expect(sweep.spans).toEqual([
      ['09:56:00', '09:58:00', 'a5 token'],
      ['09:57:00', '09:59:00', undefined],
      ['09:57:00', '09:59:00', 'more'],
    ]);
    expect(await deps.maintenance.positions.read('paged')).toBe(
      JSON.stringify({ from: after(-3 * minute), to: after(-minute) }),
    );
  });

  test('catches up in spans of six hours after a long pause', async () => {
    const deps = createDeps();
    await deps.maintenance.positions.write('paged', JSON.stringify({ from: after(-day), to: after(-8 * hour) }));
    const sweep = createWatched();
    await runSweeps([sweep], deps);
    expect(sweep.spans.filter(([, , page]) => page === undefined)).toEqual([
      ['01:59:00', '08:00:00', undefined],
      ['07:59:00', '09:59:00', undefined],
    ]);
  });

  test('starts over if its position can not be read', async () => {
    const deps = createDeps();
    await deps.maintenance.positions.write('paged', 'a5 token');
    const sweep = createWatched();
    expect(await runSweeps([sweep], deps)).toMatchObject({ failures: 1 });
    expect(sweep.spans).toEqual([]);
    expect(await runSweeps([sweep], deps)).toEqual({ done: {} });
    expect(sweep.spans).toHaveLength(2);
  });
});

describe('a sweep of all rows', () => {
  test('gets everything that is older than the age', async () => {
    const spans: unknown[] = [];
    const sweep = allRows('all', async ({ span: { from, to } }) => {
      spans.push({ from, to });
      return { done: 0 };
    });
    expect(await runSweeps([sweep], createDeps())).toEqual({ done: {} });
    expect(spans).toEqual([{ from: new Date(0), to: after(-minute) }]);
  });

  test('starts over in the next run if it fails where the last run stopped', async () => {
    const deps = createDeps();
    await deps.maintenance.positions.write('stuck', 'bad token');
    const from: (string | undefined)[] = [];
    const sweep = allRows('stuck', async ({ from: position }) => {
      from.push(position);
      if (position !== undefined) throw new Error('no such place');
      return { done: 1 };
    });
    expect(await runSweeps([sweep], deps)).toMatchObject({ failures: 1 });
    expect(await runSweeps([sweep], deps)).toEqual({ done: { stuck: 1 } });
    expect(from).toEqual(['bad token', undefined]);
  });

  test('does not exceed its limit in a run', async () => {
    const sweep = { ...allRows('endless', async () => ({ done: 1_000, next: 'x' })), limit: 200_000 };
    const deps = createDeps();
    expect(await runSweeps([sweep], deps)).toEqual({ done: { endless: 200_000 }, unfinished: ['endless'] });
    expect(await deps.maintenance.positions.read('endless')).toBe('x');
  });

  test('stores its position once in a run, and not at all if it did not change', async () => {
    const written: unknown[] = [];
    const positions = createMemorySweepPositions();
    const deps: SweepDeps = {
      ...createDeps(),
      maintenance: {
        positions: {
          read: (name) => positions.read(name),
          async write(name, position) {
            written.push([name, position]);
            await positions.write(name, position);
          },
        },
      },
    };
    const pages = (end: number) =>
      allRows('paged', async ({ from = '0' }) =>
        Number(from) < end ? { done: 1, next: String(Number(from) + 1) } : { done: 1 },
      );
    await runSweeps([pages(9)], deps);
    expect(written).toEqual([]);
    await runSweeps([{ ...pages(9), limit: 3 }], deps);
    expect(written).toEqual([['paged', '3']]);
    await runSweeps([pages(9)], deps);
    expect(written.slice(1)).toEqual([['paged', undefined]]);
  });
});
