import { replayCallbacks } from '../delivery-callbacks/index.ts';
import type { CallbackQueue, CallbackStore, ChunkCallbacks } from '../delivery-callbacks/index.ts';
import type { MessageStore } from '../messages/index.ts';
import type { StorageConnection } from '../storage/connection.ts';
import { createCallbackQueue } from '../storage/queues/callback-queue.ts';
import { createTableCallbackStore } from '../storage/tables/callback-store.ts';
import { openOperatorMessages } from './open-messages.ts';
import { runCommand, targetsOf } from './run-command.ts';
import type { CommandOptions } from './run-command.ts';

/* Shows the calls of delivery-report addresses that were given up, and makes them again. */

const usage = [
  'npm run callbacks -- list [--customer ID] [--limit N]',
  'npm run callbacks -- replay MESSAGE_ID ...',
  'npm run callbacks -- replay --all [--customer ID] [--limit N]',
].join('\n');

const none = ['No call was given up.'];

interface Deps {
  dlr: { store: CallbackStore; queue: CallbackQueue };
  messages: { store: MessageStore };
  now: () => Date;
}

function openDeps(storage: StorageConnection): Deps {
  return {
    dlr: { store: createTableCallbackStore(storage), queue: createCallbackQueue(storage) },
    messages: { store: openOperatorMessages(storage, process.env).messages },
    now: () => new Date(),
  };
}

function find({ customer, limit }: CommandOptions, { dlr }: Deps): Promise<ChunkCallbacks[]> {
  return dlr.store.listGivenUp({ limit, ...(customer === undefined ? {} : { customerId: customer }) });
}

async function list(options: CommandOptions, deps: Deps): Promise<string[]> {
  const found = await find(options, deps);
  return found.length === 0 ? none : Promise.all(found.map((callbacks) => describe(callbacks, deps)));
}

/** The address is shown without its query, which may hold what lets a caller in. */
async function describe(
  { messageId, chunk, customerId, entries }: ChunkCallbacks,
  { messages }: Deps,
): Promise<string> {
  const givenUp = entries.filter(({ state }) => state === 'givenUp');
  const answers = givenUp.flatMap(({ lastAnswer }) => lastAnswer ?? []);
  const last = answers.toSorted((left, right) => right.at.getTime() - left.at.getTime())[0];
  const dlrUrl = (await messages.store.readHeader(messageId))?.dlrUrl ?? 'the message is gone';
  const max = Math.max(...givenUp.map(({ attempts }) => attempts));
  return [
    messageId,
    `  ${customerId}, chunk ${chunk}: ${givenUp.length} given up, after at most ${max} calls each`,
    `  last answer: ${last === undefined ? 'none' : `${last.detail}, ${last.at.toISOString()}`}`,
    `  ${dlrUrl.replace(/[?#].*/s, '')}`,
  ].join('\n');
}

async function replay(options: CommandOptions, deps: Deps): Promise<string[]> {
  const listAll = async () => new Set((await find(options, deps)).map(({ messageId }) => messageId));
  const lines: string[] = [];
  for (const messageId of await targetsOf(options, usage, listAll)) {
    const count = await replayCallbacks(messageId, deps);
    lines.push(
      count === 0 ? `${messageId} has no call that was given up` : `${messageId}: ${count} will be called again`,
    );
  }
  return lines.length === 0 ? none : lines;
}

await runCommand(process.argv.slice(2), {
  usage,
  names: ['list', 'replay'],
  actions(storage) {
    const deps = openDeps(storage);
    return { list: (options) => list(options, deps), replay: (options) => replay(options, deps) };
  },
});
