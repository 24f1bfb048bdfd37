import { app } from '@azure/functions';

import { smartDialog } from '../src/app.ts';
import { receiveWebhook } from '../src/carriers/receive-webhook.ts';
import { writeLog } from '../src/operation/log.ts';

for (const carrier of smartDialog.carriers) {
  app.http(`Webhook-${carrier.name}`, {
    methods: ['POST'],
    route: `webhooks/${carrier.name}`,
    // Carriers sign their calls; the adapter checks the signature.
    authLevel: 'anonymous',
    handler: async (request, context) => {
      const result = await receiveWebhook(carrier, request, smartDialog.webhookTakers);
      writeLog(context, { webhook: carrier.name, ...result });
      return { status: result.status };
    },
  });
}
