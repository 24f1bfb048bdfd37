import { app } from '@azure/functions';

import { smartDialog } from '../src/app.ts';
import { dispatch } from '../src/operation/dispatch.ts';
import { startClock, writeLog } from '../src/core/log.ts';
import { routeOf } from '../src/operation/route.ts';
import { operations } from '../src/operations.ts';

for (const operation of operations) {
  app.http(operation.operationId, {
    methods: [operation.method],
    route: routeOf(operation.path),
    // The kernel checks tokens itself, so that the app behaves the same wherever it runs.
    authLevel: 'anonymous',
    handler(request, context) {
      const durationMs = startClock();
      return dispatch(operation, request, smartDialog.kernel, {
        id: context.invocationId,
        log: (entry) => writeLog(context, { ...entry, durationMs: durationMs() }),
      });
    },
  });
}
