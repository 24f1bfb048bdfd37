import { app } from '@azure/functions';

import { smartDialog } from '../src/app.ts';
import { serveAttachment } from '../src/conversations/index.ts';
import { logInvocation } from '../src/core/log.ts';

app.http('Attachments', {
  methods: ['GET'],
  route: 'attachments/{id}',
  // Whoever has the address was given it; its id can't be guessed.
  authLevel: 'anonymous',
  handler: ({ params }, context) =>
    logInvocation(
      context,
      // The id opens the attachment, so the log doesn't get it.
      { attachment: 'read' },
      () =>
        serveAttachment(params['id'] ?? '', {
          attachments: smartDialog.deps.attachments.store,
          now: smartDialog.kernel.now,
        }),
      ({ status }) => ({ status }),
    ),
});
