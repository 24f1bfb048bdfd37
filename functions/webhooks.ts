import { app } from '@azure/functions';

import { smartDialog } from '../src/app.ts';
import { receiveWebhook } from '../src/carriers/receive-webhook.ts';
import { logInvocation } from '../src/core/log.ts';

for (const carrier of smartDialog.carriers) {
  app.http(`Webhook-${carrier.name}`, {
    methods: [...carrier.webhookMethods],
    route: `webhooks/${carrier.name}`,
    // Carriers sign their calls or send a secret; the carrier's adapter checks it.
    authLevel: 'anonymous',
    async handler(request, context) {
      const { status, answer } = await logInvocation(
        context,
        { webhook: carrier.name },
        () => receiveWebhook(carrier, request, smartDialog.webhookDeps),
        // The answer may hold a secret of the carrier's, so the log leaves it out.
        (result) => ({ ...result, answer: undefined }),
      );
      return answer ?? { status };
    },
  });
}
