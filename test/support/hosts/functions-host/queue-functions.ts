import { app, output } from '@azure/functions';
import type { InvocationContext, StorageQueueHandler } from '@azure/functions';

const connection = 'AzureWebJobsStorage';

interface Run {
  entry: unknown;
  metadata: InvocationContext['triggerMetadata'];
}
const runs = new Map<string, Run[]>();

function record(entry: unknown, context: InvocationContext): void {
  const { functionName, triggerMetadata } = context;
  runs.set(functionName, [...(runs.get(functionName) ?? []), { entry, metadata: triggerMetadata }]);
}

function listen(name: string, queueName: string, handler: StorageQueueHandler): void {
  app.storageQueue(name, { queueName, connection, handler });
}

app.http('runs', { handler: (request) => ({ jsonBody: runs.get(request.query.get('of') ?? '') ?? [] }) });

listen('record', 'Record', record);
listen('fail', 'fail', (entry, context) => {
  record(entry, context);
  throw new Error('failed on purpose');
});
listen('fail-once', 'fail-once', (entry, context) => {
  record(entry, context);
  if (context.triggerMetadata?.['dequeueCount'] === 1) throw new Error('failed the first time');
});
listen('fail-poison', 'fail-poison', (entry, context) => {
  record(entry, context);
  throw new Error('failed though it is a poison queue');
});
listen('slow', 'slow', async (entry, context) => {
  record(entry, context);
  await new Promise((resolve) => setTimeout(resolve, Number(entry)));
});

let working = 0;
let max = 0;
const waiting: (() => void)[] = [];
listen('crowd', 'crowd', async () => {
  working += 1;
  max = Math.max(max, working);
  await new Promise<void>((resolve) => waiting.push(resolve));
  working -= 1;
});
app.http('crowd-state', { handler: () => ({ jsonBody: { working, max } }) });
app.http('crowd-release', {
  handler: (request) => {
    for (const release of waiting.splice(0, Number(request.query.get('count')))) release();
    return {};
  },
});

const copies = output.storageQueue({ queueName: 'copies', connection });
app.storageQueue('relay', {
  queueName: 'relay',
  connection,
  return: output.storageQueue({ queueName: 'record', connection }),
  extraOutputs: [copies],
  handler: (entry, context) => {
    context.extraOutputs.set(copies, [entry, 'text', 5, { nested: ['a'] }]);
    return { relayed: entry };
  },
});
