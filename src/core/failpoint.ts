/*
 * Every point at which a process can die between two effects, so that one of them is done and the other is not. Tests
 * let a process end at each of them; in production passing one does nothing. What must hold at each: whoever comes next,
 * a repeat of the caller, the queue's next delivery or a timer, finds what is missing and does it.
 */
const crashPoints = {
  'accept.keyClaimed': 'the request id is remembered, the message is not written',
  'accept.rowsWritten': 'the message is written, and not queued',
  'accept.queued': 'the message is queued, and the caller has no answer',
  'send.repliesEntered': 'threads know of a reply that no attempt was recorded for',
  'send.claimed': 'an attempt is recorded, and not made',
  'send.handedOver': 'the carrier has the chunk, and the outcome is not recorded',
  'send.sliceRecorded': 'the outcome of some recipients is recorded, and others as begun that are not handed over',
  'send.againQueued': 'a further attempt is queued, and the outcome of this one is not recorded',
  'send.followedUp': 'what follows from failures is done, and the outcome is not recorded',
  'send.recorded': 'the outcome is recorded, and the job stands on the queue',
  'fallback.rowsWritten': 'the SMS that stands in is written, and not queued',
  'report.journaled': 'reports are stored, and not followed up',
  'report.followedUp': 'reports are followed up, and the carrier has no answer',
  'callback.claimed': 'calls of a delivery-report address are recorded as begun, and not made',
  'callback.called': 'the address was called, and the outcome is not recorded',
  'callback.againQueued': 'a further call is queued, and the outcome of this one is not recorded',
  'callback.recorded': 'the outcome is recorded, and the job stands on the queue',
  'inbound.stored': "a phone's message is stored, and not queued",
  'inbound.queued': "a phone's message is queued, and the carrier has no answer",
  'lead.attachmentsQueued': 'a further attempt at attachments is queued, and this one is not recorded',
  'lead.threadEntered': 'the thread knows of the message, whose route is not recorded',
  'lead.routed': 'the route is recorded, and nobody is told',
  'notify.rowsWritten': 'notifications are written, and not queued',
  'notify.queued': 'notifications are queued, and the job of the message stands on the queue',
  'deliver.claimed': 'the calls of a chunk are recorded as begun, and not made',
  'deliver.called': 'subscribers were called, and nothing of that is recorded',
  'deliver.loneWritten': 'what goes on alone is written, and not queued',
  'deliver.loneQueued': 'what goes on alone is queued, and the chunk does not say so',
  'deliver.recorded': 'the chunk is recorded, and its job stands on the queue',
  'lone.claimed': 'the call of a lone notification is recorded as begun, and not made',
  'lone.called': 'its subscriber was called, and the outcome is not recorded',
  'lone.againQueued': 'a further call is queued, and the outcome of this one is not recorded',
  'lone.letterAdded': 'a dead letter is written, and its notification is not recorded as given up',
  'replay.renewed': 'a dead letter is due again, and not queued',
  'replay.queued': 'a dead letter is queued, and still among the dead letters',
  'cancel.recorded': 'some chunks of a scheduled message are cancelled, others are not',
  'schedule.promoted': 'messages that come due are queued, and the timer does not remember how far it was',
  'repair.queued': 'forgotten work is queued, and the timer does not remember how far it was',
  'silence.followedUp': 'who waits for it is told of a missing report, which is not recorded',
  'silence.recorded': 'missing reports are recorded, and the timer does not remember how far it was',
} as const;

/** The name of such a point. */
export type CrashPoint = keyof typeof crashPoints;

/** All of them. */
export const crashPointNames = Object.keys(crashPoints) as readonly CrashPoint[];

let watch: ((point: CrashPoint) => void) | undefined;

/** Says that the process is between two effects. */
export function passing(point: CrashPoint): void {
  watch?.(point);
}

/** Lets a test see the points that are passed; what the watch throws is thrown there. Undefined ends that. */
export function watchCrashPoints(watcher: ((point: CrashPoint) => void) | undefined): void {
  watch = watcher;
}

/** A point, and at the how manieth passing of it the process is to end. */
export interface CrashOrder {
  point: CrashPoint;
  passing: number;
}

/** Reads `send.claimed` or, for the third time it is passed, `send.claimed:3`; undefined for anything else. */
export function parseCrashOrder(text: string): CrashOrder | undefined {
  const [name, count = '1', ...rest] = text.split(':');
  const point = crashPointNames.find((candidate) => candidate === name);
  return point === undefined || rest.length > 0 || !/^[1-9]\d{0,5}$/.test(count)
    ? undefined
    : { point, passing: Number(count) };
}

/** Ends this process there as a power cut would: nothing is flushed, closed or told. */
export function crashAt({ point, passing: wanted }: CrashOrder): void {
  let passed = 0;
  watchCrashPoints((candidate) => {
    if (candidate !== point) return;
    passed += 1;
    if (passed === wanted) process.kill(process.pid, 'SIGKILL');
  });
}
