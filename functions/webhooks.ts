import { app } from '@azure/functions';

import { smartDialog } from '../src/app.ts';
import { receiveWebhook } from '../src/carriers/receive-webhook.ts';
import { logInvocation } from '../src/operation/log.ts';

for (const carrier of smartDialog.carriers) {
  app.http(`Webhook-${carrier.name}`, {
    methods: ['POST'],
    route: `webhooks/${carrier.name}`,
    // Carriers sign their calls; the adapter checks the signature.
    authLevel: 'anonymous',
    async handler(request, context) {
      const { status } = await logInvocation(
        context,
        { webhook: carrier.name },
        () => receiveWebhook(carrier, request, smartDialog.webhookTakers),
        (result) => ({ ...result }),
      );
      return { status };
    },
  });
}
