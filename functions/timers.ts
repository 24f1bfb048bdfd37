import { app } from '@azure/functions';

import { smartDialog } from '../src/app.ts';
import { logInvocation } from '../src/core/log.ts';
import { timers } from '../src/timers.ts';

for (const { name, schedule, run } of timers) {
  app.timer(name, {
    schedule,
    async handler(_, context) {
      await logInvocation(
        context,
        { timer: name },
        () => run(smartDialog.deps),
        (result) => result,
      );
    },
  });
}
