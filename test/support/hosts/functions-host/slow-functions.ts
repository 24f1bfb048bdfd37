import { setTimeout as sleep } from 'node:timers/promises';

import { app } from '@azure/functions';

// Answers after a while, and logs at once, so that a test knows that it runs.
app.http('slow-answer', {
  handler: async (_request, context) => {
    context.log('running');
    await sleep(300);
    // Too large for the socket's buffers.
    return { body: 'x'.repeat(50_000_000) };
  },
});
