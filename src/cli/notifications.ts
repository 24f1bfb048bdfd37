import { replayDeadLetter } from '../notifications/index.ts';
import type { DeadLetter, ReplayResult, ReplayDeps } from '../notifications/index.ts';
import type { StorageConnection } from '../storage/connection.ts';
import { createNotificationQueue } from '../storage/queues/notification-queue.ts';
import { createTableDeadLetterStore } from '../storage/tables/dead-letter-store.ts';
import { createTableNotificationStore } from '../storage/tables/notification-store.ts';
import { createTableSubscriptionStore } from '../storage/tables/subscription-store.ts';
import { runCommand, targetsOf } from './run-command.ts';
import type { CommandOptions } from './run-command.ts';

/* Shows the notifications that were given up, and delivers them again. */

const usage = [
  'npm run notifications -- list [--customer ID] [--limit N]',
  'npm run notifications -- replay ID ...',
  'npm run notifications -- replay --all [--customer ID] [--limit N]',
].join('\n');

const none = ['There are no dead letters.'];

function openDeps(storage: StorageConnection): ReplayDeps {
  return {
    flows: {
      subscriptions: createTableSubscriptionStore(storage),
      notifications: createTableNotificationStore(storage),
      queue: createNotificationQueue(storage),
      deadLetters: createTableDeadLetterStore(storage),
    },
    now: () => new Date(),
  };
}

function find({ customer, limit }: CommandOptions, { flows }: ReplayDeps): Promise<DeadLetter[]> {
  return flows.deadLetters.list({ limit, ...(customer === undefined ? {} : { customerId: customer }) });
}

async function list(options: CommandOptions, deps: ReplayDeps): Promise<string[]> {
  const letters = await find(options, deps);
  return letters.length === 0 ? none : Promise.all(letters.map((letter) => describe(letter, deps)));
}

/** The address is shown without its query, which holds what lets a caller in. */
async function describe(letter: DeadLetter, { flows }: ReplayDeps): Promise<string> {
  const { id, customerId, serviceId, inboundId, reason, attempts, lastAnswer, since, callbackUrl } = letter;
  const found = await flows.subscriptions.find(letter.pipelineId, letter.subscriptionKey);
  const { origin = {}, state = 'unsubscribed' } = found?.subscription ?? {};
  const flow = origin['x-ms-workflow-name'] ?? origin['x-ms-workflow-id'] ?? 'unknown';
  return [
    id,
    `  message ${inboundId} of ${customerId}/${serviceId}, first tried ${since.toISOString()}, ${attempts} calls`,
    `  ${reason}; last answer: ${lastAnswer === undefined ? 'none' : `${lastAnswer.detail}, ${lastAnswer.at.toISOString()}`}`,
    `  ${callbackUrl.replace(/\?.*/s, '')}, flow ${flow}, subscription ${state}`,
  ].join('\n');
}

const labels: Record<ReplayResult, string> = {
  replayed: 'will be delivered again',
  unsubscribed: 'has no subscription any more, so it stays',
  missing: 'is not among the dead letters',
};

async function replay(options: CommandOptions, deps: ReplayDeps): Promise<string[]> {
  const listAll = async () => (await find(options, deps)).map(({ id }) => id);
  const lines: string[] = [];
  for (const id of await targetsOf(options, usage, listAll))
    lines.push(`${id} ${labels[await replayDeadLetter(id, deps)]}`);
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
