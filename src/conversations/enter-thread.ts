import type { EnterThreadDeps } from './deps.ts';
import type { Conversation, CurrentThread, Thread, ThreadEntry } from './ports.ts';
import { newThreadId } from './thread-id.ts';

/** A message to add to a thread. */
interface NewEntry {
  entry: ThreadEntry;
  serviceId: string;
  /** The thread that the message names; if absent, its time decides. */
  threadId?: string;
}

/**
 * Number of attempts to write a message to its thread while other workers write theirs: more than the queue messages
 * that one process handles at once.
 */
const attempts = 50;

/**
 * Adds a message to a thread of its conversation. If the message names a thread, that thread takes it and becomes the
 * current one. Otherwise the current thread takes it, unless that thread had no message for too long: then a new thread
 * begins. A message that was added before stays in its thread.
 *
 * @returns the thread, and our last message in it, if that is known
 * @throws {Error} if other writers change the conversation during each of fifty attempts
 */
export async function enterThread(
  conversation: Conversation,
  { entry: given, serviceId, threadId: named }: NewEntry,
  { threads, now }: EnterThreadDeps,
): Promise<{ threadId: string; parentMessageId?: string }> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const found = await threads.store.current(conversation);
    const startedAt = now();
    // If a carrier's clock is ahead, its times would keep a thread alive for too long, or start one for each message.
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
    // Only the current thread records which message was sent last.
    const known = entered === threadId && parentMessageId !== undefined;
    return { threadId: entered, ...(known ? { parentMessageId } : {}) };
  }
  throw new Error(`the conversation changed ${attempts} times while a message was added`);
}

/**
 * Returns the current thread's id if it takes the message. A late message, older than the thread's last, still belongs
 * to it.
 */
function continuedThread(
  current: CurrentThread | undefined,
  { at }: ThreadEntry,
  threadHours: number,
): string | undefined {
  if (current === undefined) return undefined;
  const gapMs = at.getTime() - current.lastActiveAt.getTime();
  return gapMs <= threadHours * 3_600_000 ? current.threadId : undefined;
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
