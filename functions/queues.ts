import { app } from '@azure/functions';

import { smartDialog } from '../src/app.ts';
import { writeLog } from '../src/operation/log.ts';
import { workers } from '../src/workers.ts';

for (const { name, queue, handle } of workers) {
  app.storageQueue(name, {
    queueName: queue,
    connection: 'AzureWebJobsStorage',
    handler: async (message, context) =>
      writeLog(context, { worker: name, ...(await handle(message, smartDialog.workerWorld)) }),
  });
}
