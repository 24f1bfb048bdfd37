import type { TimeSpan } from '../core/page.ts';
import type { Sweep } from './sweep.ts';

/** How far a sweep got: to the end of a span, or, where `next` is there, to that page of the span. */
export interface Position extends TimeSpan {
  next?: string;
}

/** How a sweep goes on, and how its position is stored. */
interface SweepRange {
  /** @param latest rows before it have the age of the sweep */
  parse: (stored: string | undefined, latest: Date) => Position | undefined;
  format: (position: Position | undefined) => string | undefined;
  /** Where the next page begins; undefined if nothing is due. */
  next: (position: Position | undefined, latest: Date) => Position | undefined;
  /** From where to start over, if the page at a position fails again and again. */
  restart: (position: Position) => Position | undefined;
}

/** The maximum span, in milliseconds: after a long pause a sweep catches up in several. */
const maxSpanMs = 6 * 3_600_000;

/** How far the first span of all goes back, in milliseconds. */
const firstSpanMs = 24 * 3_600_000;

/** By how much spans overlap at least, in milliseconds: a row may be written a while after the time in its id. */
const minOverlapMs = 60_000;

/** Spans since the last run. Stored as JSON: the span, and the page in it. */
function newRows(everySeconds: number): SweepRange {
  const everyMs = everySeconds * 1000;
  return {
    parse(stored) {
      if (stored === undefined) return undefined;
      const { from, to, next } = JSON.parse(stored) as { from: string; to: string; next?: string };
      return { from: new Date(from), to: new Date(to), ...(next === undefined ? {} : { next }) };
    },

    format: (position) => (position === undefined ? undefined : JSON.stringify(position)),

    next(position, latest) {
      if (position?.next !== undefined) return position;
      if (position === undefined) return { from: new Date(latest.getTime() - firstSpanMs), to: latest };
      const reached = position.to.getTime();
      if (latest.getTime() - reached < everyMs) return undefined;
      const overlapMs = Math.max(minOverlapMs, everyMs);
      return {
        from: new Date(reached - overlapMs),
        to: new Date(Math.min(latest.getTime(), reached + maxSpanMs)),
      };
    },

    restart: ({ from }) => ({ from, to: from }),
  };
}

/** All rows, at most once in a run. Only the page is stored: the age has moved on by the next run. */
const allRows: SweepRange = {
  parse: (stored, latest) => (stored === undefined ? undefined : { from: new Date(0), to: latest, next: stored }),

  format: (position) => position?.next,

  next(position, latest) {
    if (position === undefined) return { from: new Date(0), to: latest };
    return position.next === undefined ? undefined : position;
  },

  restart: () => undefined,
};

/** Returns the range of a sweep. */
export function rangeOf<Deps>(sweep: Sweep<Deps>, deps: Deps): SweepRange {
  return sweep.range === 'all' ? allRows : newRows(sweep.everySeconds(deps));
}
