import { app } from '@azure/functions';

import { smartDialog } from '../src/app.ts';
import { serveAttachment } from '../src/conversations/index.ts';
import { logInvocation } from '../src/core/log.ts';

app.http('Attachments', {
  methods: ['GET'],
  route: 'attachments/{id}',
  // The id in the address can't be guessed, so whoever has the address was given it.
  authLevel: 'anonymous',
  handler: ({ params }, context) =>
    logInvocation(
      context,
      // The log leaves out the id, because it opens the attachment.
      { attachment: 'read' },
      () =>
        serveAttachment(params['id'] ?? '', {
          attachments: smartDialog.deps.attachments.store,
          now: smartDialog.deps.now,
        }),
      ({ status }) => ({ status }),
    ),
});
