import { app } from '@azure/functions';

import { smartDialog } from '../src/app.ts';
import { idsOfJob, logInvocation } from '../src/operation/log.ts';
import { workers } from '../src/workers.ts';

for (const { name, queue, handle } of workers) {
  app.storageQueue(name, {
    queueName: queue,
    connection: 'AzureWebJobsStorage',
    async handler(message, context) {
      const about = { worker: name, ...idsOfJob(message) };
      await logInvocation(
        context,
        about,
        () => handle(message, smartDialog.workerWorld),
        (result) => result,
      );
    },
  });
}
