/*
 * A failpoint marks a place between two effects: if the process dies there, the first effect is done and the second is
 * not. Tests end a process at each failpoint; in production a failpoint does nothing. For each one, this must hold: the
 * caller's repeated request, the queue's next delivery or a timer notices the missing effect and completes it.
 */
const failpoints = {
  'accept.keyClaimed': 'the request id is stored, the message is not written',
  'accept.rowsWritten': 'the message is written and not queued',
  'accept.queued': 'the message is queued and the caller has no answer',
  'send.repliesRecorded': 'threads know of a reply for which no attempt is recorded',
  'send.claimed': 'an attempt is recorded and not made',
  'send.submitted': 'the carrier has the chunk and the outcome is not recorded',
  'send.sliceRecorded':
    'the outcome of one slice is recorded, and the next slice is recorded as begun but not submitted',
  'send.retryQueued': 'the next attempt is queued and the outcome of this one is not recorded',
  'send.followedUp': 'failures are followed up and the outcome is not recorded',
  'send.recorded': 'the outcome is recorded and the job is still on the queue',
  'fallback.rowsWritten': 'the fallback SMS is written and not queued',
  'report.journaled': 'reports are stored and not followed up',
  'report.followedUp': 'reports are followed up and the carrier has no answer',
  'callback.claimed': 'DlrUrl calls are recorded as begun and not made',
  'callback.called': 'the DlrUrl was called and the outcome is not recorded',
  'callback.retryQueued': 'the next call is queued and the outcome of this one is not recorded',
  'callback.recorded': 'the outcome is recorded and the job is still on the queue',
  'inbound.stored': 'an inbound message is stored and not queued',
  'inbound.queued': 'an inbound message is queued and the carrier has no answer',
  'route.attachmentsQueued': 'the next attempt to fetch attachments is queued and this one is not recorded',
  'route.threadEntered': 'the thread has the message and the route is not recorded',
  'route.recorded': 'the route is recorded and no subscriber is notified',
  'notify.rowsWritten': 'notifications are written and not queued',
  'notify.queued': 'notifications are queued and the job of the message is still on the queue',
  'deliver.claimed': 'the calls of a chunk are recorded as begun and not made',
  'deliver.called': 'subscribers were called and no outcome is recorded',
  'deliver.retriesWritten': 'the notifications to retry are written and not queued',
  'deliver.retriesQueued': 'the notifications to retry are queued and the chunk does not say so',
  'deliver.recorded': 'the chunk is recorded and its job is still on the queue',
  'retry.claimed': 'the call of a retried notification is recorded as begun and not made',
  'retry.called': 'its subscriber was called and the outcome is not recorded',
  'retry.requeued': 'the next call is queued and the outcome of this one is not recorded',
  'retry.deadLetterAdded': 'a dead letter is written and its notification is not recorded as given up',
  'replay.renewed': 'a dead letter is due again and not queued',
  'replay.queued': 'a dead letter is queued and still among the dead letters',
  'cancel.recorded': 'some chunks of a scheduled message are cancelled and others are not',
  'schedule.promoted': 'messages that come due are queued and the sweep has not stored its position',
  'sweep.stepDone': 'a step of a sweep is done and the sweep has not stored its position',
  'unreported.followedUp': 'a missing report is followed up and not recorded',
  'unreported.recorded': 'missing reports are recorded and the sweep has not stored its position',
} as const;

export type FailpointName = keyof typeof failpoints;

export const failpointNames = Object.keys(failpoints) as readonly FailpointName[];

let watcher: ((name: FailpointName) => void) | undefined;

/** Marks a place between two effects. Does nothing unless a test watches failpoints or armed this one. */
export function failpoint(name: FailpointName): void {
  watcher?.(name);
}

/**
 * Calls `watch` at every failpoint; an error that `watch` throws goes to the failpoint's caller. Undefined stops it.
 */
export function watchFailpoints(watch: ((name: FailpointName) => void) | undefined): void {
  watcher = watch;
}

/** The failpoint at which a process dies, and the hit of it at which the process dies (1 is the first). */
export interface ArmedFailpoint {
  name: FailpointName;
  hit: number;
}

/** Reads `send.claimed` (first hit) or `send.claimed:3` (third hit). Returns undefined for any other text. */
export function parseFailpoint(text: string): ArmedFailpoint | undefined {
  const [name, hit = '1', ...rest] = text.split(':');
  const known = failpointNames.find((candidate) => candidate === name);
  return known === undefined || rest.length > 0 || !/^[1-9]\d{0,5}$/.test(hit)
    ? undefined
    : { name: known, hit: Number(hit) };
}

/** Makes this process end at the failpoint as in a power cut: the process flushes, closes and answers nothing. */
export function armFailpoint({ name, hit }: ArmedFailpoint): void {
  let hits = 0;
  watchFailpoints((candidate) => {
    if (candidate !== name) return;
    hits += 1;
    if (hits === hit) process.kill(process.pid, 'SIGKILL');
  });
}
