import { app } from '@azure/functions';

import { smartDialog } from '../src/app.ts';
import { receiveWebhook } from '../src/carriers/receive-webhook.ts';
import { logInvocation } from '../src/core/log.ts';

for (const carrier of smartDialog.carriers) {
  app.http(`Webhook-${carrier.name}`, {
    methods: [...carrier.webhookMethods],
    route: `webhooks/${carrier.name}`,
    // Carriers sign their calls, or know a secret; the adapter checks that.
    authLevel: 'anonymous',
    async handler(request, context) {
      const { status, answer } = await logInvocation(
        context,
        { webhook: carrier.name },
        () => receiveWebhook(carrier, request, smartDialog.webhookDeps),
        // What the carrier wants to hear may be a secret of its own.
        (result) => ({ ...result, answer: undefined }),
      );
      return answer ?? { status };
    },
  });
}
