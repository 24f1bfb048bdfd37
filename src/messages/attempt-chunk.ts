import { passing } from '../operation/crash-points.ts';
import { applyOutcomes, isSpent } from './apply-outcomes.ts';
import { isOverdue, nextTurn, throttleDelay } from './choose-carrier.ts';
import type { Route, Turn } from './choose-carrier.ts';
import { claimChunk, recordProgress, waitingPlaces } from './claim-chunk.ts';
import { followUpAttempt } from './follow-up.ts';
import { handOver } from './hand-over.ts';
import { withProgress } from './message.ts';
import type { Chunk, ChunkProgress, VersionedChunk } from './message.ts';
import type { OutboundCarrier, OutboundJob, SendOutcome } from './ports.ts';
import { retryDelays } from './sending-world.ts';
import type { SendingWorld } from './sending-world.ts';
import { awaitsSending, isFinal } from './status.ts';
import type { RecipientStatus } from './status.ts';

/** What an attempt at a chunk works on. */
export interface Attempt {
  job: OutboundJob;
  /** The chunk as it was when nothing of this attempt was recorded yet. */
  before: Chunk;
  /** The chunk with the first of its recipients claimed. */
  claimed: VersionedChunk;
  carrier: OutboundCarrier;
  /** Those to be handed over first. */
  places: readonly number[];
  route: Route;
}

/** Outcomes after which another carrier may take a recipient at once: this one has nothing, and can't be had. */
const passedOn: ReadonlySet<string | undefined> = new Set(['carrierUnavailable', 'carrierSettings']);

/**
 * Hands a chunk's recipients over, slice by slice, each recorded before it is made; what one carrier of the route can't
 * take goes to the next. Ends where nobody is left, or nobody has room.
 */
export async function attemptChunk(attempt: Attempt, world: SendingWorld): Promise<'sent' | 'partlySent'> {
  const { before, route } = attempt;
  const tried = new Map<number, { outcome: SendOutcome; by: Set<OutboundCarrier> }>();
  let { carrier, claimed, places } = attempt;
  let told = before;
  for (;;) {
    const { chunk } = claimed;
    const outcomes = await handOver(chunk, places, carrier, world);
    world.gate.note(carrier, [...outcomes.values()]);
    passing('send.handedOver');
    for (const [place, outcome] of outcomes) {
      const by = tried.get(place)?.by ?? new Set<OutboundCarrier>();
      tried.set(place, { outcome, by: by.add(carrier) });
    }
    const overdue = isOverdue(chunk, world.now());
    const progress = applyOutcomes(chunk, doubtResolved(outcomes, route), { overdue, now: world.now() });
    const after = withProgress(before, progress);
    const pending = (candidate: OutboundCarrier): number[] =>
      waitingPlaces(progress).filter((place) => mayGoTo(candidate, tried.get(place)));
    const turn = await nextTurn(after, route, pending, world);
    if (turn === 'none' || 'waitSeconds' in turn) {
      return finish({ ...attempt, told, claimed }, progress, { turn, overdue, tried }, world);
    }
    // What ended is followed up before it is recorded; where that fails, the attempt ends here, and its outcome is kept.
    const untold = await followUpAttempt(told, after, world).catch(failed);
    if (untold !== undefined) return finish({ ...attempt, told, claimed }, progress, { turn, overdue, tried }, world);
    told = after;
    const next = await claimChunk(claimed, progress, claimOf(turn, chunk, world), world);
    if (next === 'conflict') throw changedMeanwhile(chunk);
    passing('send.sliceRecorded');
    ({ carrier, places } = turn);
    claimed = next;
  }
}

const failed = (error: unknown) => ({ error });

const changedMeanwhile = ({ index, messageId }: Chunk): Error =>
  new Error(`chunk ${index} of ${messageId} changed while it was leased`);

/** Whether a carrier may get a recipient in this attempt: it hasn't had them, and whoever had certainly has nothing. */
function mayGoTo(
  candidate: OutboundCarrier,
  earlier: { outcome: SendOutcome; by: ReadonlySet<OutboundCarrier> } | undefined,
): boolean {
  if (earlier === undefined) return true;
  const { outcome, by } = earlier;
  if (by.has(candidate) || outcome.outcome !== 'retry' || outcome.mayHaveArrived === true) return false;
  return passedOn.has(outcome.reason);
}

/** Where an operator wants doubtful messages sent again, being in doubt is a reason for another attempt. */
function doubtResolved(
  outcomes: ReadonlyMap<number, SendOutcome>,
  { resendInDoubt }: Route,
): ReadonlyMap<number, SendOutcome> {
  if (!resendInDoubt) return outcomes;
  return new Map(
    [...outcomes].map(([place, outcome]): [number, SendOutcome] => [
      place,
      outcome.outcome === 'unknown' ? { ...outcome, outcome: 'retry', mayHaveArrived: true } : outcome,
    ]),
  );
}

/** What a worker is about to hand over, and since when: a repeat of what is in doubt keeps its time. */
export function claimOf(
  { carrier, places }: Exclude<Turn, 'none' | { waitSeconds: number }>,
  { attemptedAt }: Pick<Chunk, 'attemptedAt'>,
  { now }: Pick<SendingWorld, 'now'>,
): { carrier: string; places: readonly number[]; attemptedAt: Date } {
  return { carrier: carrier.name, places, attemptedAt: attemptedAt ?? now() };
}

interface Ending {
  turn: Turn;
  overdue: boolean;
  tried: ReadonlyMap<number, { outcome: SendOutcome }>;
}

/** Records what an attempt came to, and queues another where one is due. */
async function finish(
  { job, before, told, claimed }: Attempt & { told: Chunk },
  progress: ChunkProgress,
  ending: Ending,
  world: SendingWorld,
): Promise<'sent' | 'partlySent'> {
  const { outbound, now } = world;
  const { chunk } = claimed;
  const again = progress.statuses.some(awaitsSending);
  const { attempts, delay } = again
    ? afterwards(before, { ...chunk, ...progress }, ending, now())
    : { ...progress, delay: 0 };
  const due = again ? { notBefore: new Date(now().getTime() + delay * 1000) } : {};
  // Queued and followed up before it is recorded: a crash in between leaves a message too many, never one too few. Where
  // either fails, what the carrier said is recorded all the same, or it would be in doubt, and this job comes again.
  const unqueued = again ? await outbound.enqueue(job, delay).catch(failed) : undefined;
  passing('send.againQueued');
  const untold = await followUpAttempt(told, withProgress(before, progress), world).catch(failed);
  passing('send.followedUp');
  const ended = { ...progress, attempts, ...due };
  const kept = untold === undefined ? ended : withoutUntold(told, ended, now());
  const isOurs = ({ attempts: stored, leaseId, statuses }: Chunk): boolean =>
    leaseId === undefined && stored === kept.attempts && statuses.join() === kept.statuses.join();
  if ((await recordProgress(claimed, kept, world, isOurs)) === 'conflict') throw changedMeanwhile(chunk);
  passing('send.recorded');
  const failure = unqueued ?? untold;
  if (failure !== undefined) throw failure.error;
  return again ? 'partlySent' : 'sent';
}

/** How many attempts a chunk then has behind it, and the seconds until the next. That a carrier has no room counts for none. */
function afterwards(
  before: Chunk,
  chunk: Chunk,
  { turn, overdue, tried }: Ending,
  now: Date,
): { attempts: number; delay: number } {
  const outcomes = waitingPlaces(chunk).flatMap((place) => tried.get(place)?.outcome ?? []);
  const asked = outcomes.flatMap((outcome) =>
    'retryAfterSeconds' in outcome ? (outcome.retryAfterSeconds ?? []) : [],
  );
  if (outcomes.some((outcome) => outcome.outcome === 'unknown' || isSpent(outcome, { overdue }))) {
    return { attempts: chunk.attempts, delay: Math.max(retryDelays[chunk.attempts - 1] ?? 0, ...asked) };
  }
  const isThrottled = outcomes.some(({ outcome }) => outcome === 'retry');
  const room = typeof turn === 'object' && 'waitSeconds' in turn ? [turn.waitSeconds] : [];
  const throttled = isThrottled && asked.length === 0 ? [throttleDelay(chunk, now)] : [];
  return { attempts: Math.max(1, before.attempts), delay: Math.max(0, ...asked, ...throttled, ...room) };
}

/**
 * What an attempt came to, of which nobody could be told: who was refused waits for another attempt, since nothing was
 * sent to them, and what is in doubt counts as sent until the time for a report is over.
 */
function withoutUntold(told: Chunk, progress: ChunkProgress, now: Date): ChunkProgress {
  const statuses = progress.statuses.map((status, place): RecipientStatus => {
    if (status === told.statuses[place] || !isFinal(status)) return status;
    return status === 'unknown' ? 'sent' : 'queued';
  });
  return { ...progress, statuses, notBefore: now };
}
