import { passing } from '../operation/crash-points.ts';
import type { Look, Span } from '../operation/define-look.ts';
import type { Timer } from '../operation/define-timer.ts';
import type { SweepPositions } from '../retention/index.ts';

/** What looking after work takes, beside what the looks themselves work with. */
export interface UpkeepWorld {
  sweepPositions: SweepPositions;
  now: () => Date;
}

/** Milliseconds that a run may take. */
const timeLimit = 4 * 60_000;

/** The longest span of one look, in milliseconds: after a long pause it catches up in several. */
const longestSpan = 6 * 3_600_000;

/** How far the first look of all goes back, in milliseconds. */
const firstSpan = 24 * 3_600_000;

/** By how much spans overlap, in milliseconds: a row may be written a while after the time in its id. */
const overlap = 60_000;

/** How far a look got: up to `to`, or, where `next` is there, in the middle of the span. */
interface Progress {
  from: Date;
  to: Date;
  next?: string;
}

/**
 * Makes the timer that does all looks that are due. A look that fails keeps none of the others from their work; one that
 * doesn't come to its end goes on in the next run. Instances may overlap: what they do twice is harmless.
 */
export function lookAfterWork<World extends UpkeepWorld>(looks: readonly Look<World>[]): Timer<World> {
  return {
    name: 'LookAfterWork',
    schedule: '0 * * * * *',
    async run(world) {
      const stopAt = world.now().getTime() + timeLimit;
      const done: Record<string, number> = {};
      const failures: unknown[] = [];
      for (const look of looks) {
        try {
          const count = await doLook(look, stopAt, world);
          if (count > 0) done[look.name] = count;
        } catch (error) {
          failures.push(new Error(`the look ${look.name} failed`, { cause: error }));
        }
      }
      return { done, ...(failures.length === 0 ? {} : { error: failures[0], failures: failures.length }) };
    },
  };
}

async function doLook<World extends UpkeepWorld>(look: Look<World>, stopAt: number, world: World): Promise<number> {
  const { sweepPositions, now } = world;
  const latest = now().getTime() - look.ageSeconds(world) * 1000;
  let progress = parseProgress(await sweepPositions.read(look.name));
  let done = 0;
  while (now().getTime() < stopAt) {
    const span = nextSpan(progress, latest, look.everySeconds(world) * 1000);
    if (span === undefined) break;
    const step = await look.step(span, span.next, world);
    done += step.done;
    passing('repair.queued');
    progress = { from: span.from, to: span.to, ...(step.next === undefined ? {} : { next: step.next }) };
    // A position for each page would cost more than the pages: one for each span, and where the time is up.
    if (step.next === undefined || now().getTime() >= stopAt) {
      await sweepPositions.write(look.name, JSON.stringify(progress));
    }
  }
  return done;
}

/** What is to be looked at next; undefined where it is not time yet. */
function nextSpan(
  progress: Progress | undefined,
  latest: number,
  everyMs: number,
): (Span & { next?: string }) | undefined {
  if (progress?.next !== undefined) return progress;
  const reached = progress?.to.getTime() ?? latest - firstSpan;
  if (latest - reached < (progress === undefined ? 0 : everyMs)) return undefined;
  const to = progress === undefined ? latest : Math.min(latest, reached + longestSpan);
  return { from: new Date(reached - overlap), to: new Date(to) };
}

function parseProgress(text: string | undefined): Progress | undefined {
  if (text === undefined) return undefined;
  const { from, to, next } = JSON.parse(text) as { from: string; to: string; next?: string };
  return { from: new Date(from), to: new Date(to), ...(next === undefined ? {} : { next }) };
}
