import { setTimeout as sleep } from 'node:timers/promises';

import { app } from '@azure/functions';

// Answers a while after it was asked, and says so at once, so that a test knows that it runs.
app.http('slow-answer', {
  handler: async (_request, context) => {
    context.log('running');
    await sleep(300);
    // Too large to be on its way at once.
    return { body: 'x'.repeat(50_000_000) };
  },
});
