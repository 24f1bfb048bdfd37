import type { EnterThreadDeps } from './deps.ts';
import type { Conversation, CurrentThread, Thread, ThreadEntry } from './ports.ts';
import { newThreadId } from './thread-id.ts';

/** What a message is entered with. */
interface NewEntry {
  entry: ThreadEntry;
  serviceId: string;
  /** The thread that it names; absent where time decides. */
  threadId?: string;
}

/** Attempts at entering a message while others enter theirs: more than the queue messages one process works on at once. */
const attempts = 50;

/**
 * Enters a message into its conversation: into the thread it names, which then is the current one; else into the
 * current one, unless that was silent for too long; else into a new one. A message that was entered before stays where
 * it is.
 *
 * @returns the thread, and the last message of ours in it
 * @throws where others enter so much meanwhile that it fails fifty times in a row
 */
export async function enterThread(
  conversation: Conversation,
  { entry: given, serviceId, threadId: named }: NewEntry,
  { threads, now }: EnterThreadDeps,
): Promise<{ threadId: string; parentMessageId?: string }> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const found = await threads.store.current(conversation);
    const startedAt = now();
    // A carrier whose clock is ahead would make a thread that never falls silent, or one of each message.
    const entry = given.at > startedAt ? { ...given, at: startedAt } : given;
    const continued = named ?? continuedThread(found?.current, entry, threads.hours);
    const started: Thread | undefined =
      continued === undefined
        ? { ...conversation, threadId: newThreadId(conversation, startedAt), serviceId, startedAt }
        : undefined;
    const threadId = started?.threadId ?? continued ?? '';
    const parentMessageId = found?.current.threadId === threadId ? found.current.lastSentMessageId : undefined;
    const outcome = await threads.store.enter(conversation, {
      entry,
      next: nextCurrent({ threadId, entry, parentMessageId, before: found?.current }),
      version: found?.version,
      ...(started === undefined ? {} : { started }),
    });
    if (outcome === 'conflict') continue;
    const entered =
      outcome === 'done' ? threadId : ((await threads.store.threadOf(conversation, entry.id)) ?? threadId);
    // Of a thread that is no longer the current one nobody knows what was sent last.
    const known = entered === threadId && parentMessageId !== undefined;
    return { threadId: entered, ...(known ? { parentMessageId } : {}) };
  }
  throw new Error(`the conversation changed ${attempts} times while a message was entered`);
}

/** A message that comes late, from before the thread's last, still belongs to it. */
function continuedThread(
  current: CurrentThread | undefined,
  { at }: ThreadEntry,
  threadHours: number,
): string | undefined {
  if (current === undefined) return undefined;
  const silence = at.getTime() - current.lastActiveAt.getTime();
  return silence <= threadHours * 3_600_000 ? current.threadId : undefined;
}

function nextCurrent(change: {
  threadId: string;
  entry: ThreadEntry;
  parentMessageId: string | undefined;
  before: CurrentThread | undefined;
}): CurrentThread {
  const { threadId, entry, parentMessageId, before } = change;
  const lastSentMessageId = entry.direction === 'out' ? entry.messageId : parentMessageId;
  const lastReceivedAt = entry.direction === 'in' ? later(before?.lastReceivedAt, entry.at) : before?.lastReceivedAt;
  return {
    threadId,
    lastActiveAt: later(before?.lastActiveAt, entry.at),
    ...(lastSentMessageId === undefined ? {} : { lastSentMessageId }),
    ...(lastReceivedAt === undefined ? {} : { lastReceivedAt }),
  };
}

function later(before: Date | undefined, at: Date): Date {
  return before !== undefined && before > at ? before : at;
}
