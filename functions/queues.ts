import { app } from '@azure/functions';

import { smartDialog } from '../src/app.ts';
import { idsOfJob, logInvocation } from '../src/core/log.ts';
import { workers } from '../src/workers.ts';

for (const { name, queue, perAccount, handle } of workers) {
  const [own = '', ...more] = smartDialog.messageConnections;
  for (const connection of perAccount ? [own, ...more] : [own]) {
    app.storageQueue(connection === own ? name : `${name}-${connection}`, {
      queueName: queue,
      connection,
      async handler(message, context) {
        const about = { worker: name, ...idsOfJob(message) };
        await logInvocation(
          context,
          about,
          () => handle(message, smartDialog.deps),
          (result) => result,
        );
      },
    });
  }
}
