import { app } from '@azure/functions';
import type { Timer } from '@azure/functions';

const runs: Record<string, Timer[]> = { 'each-second': [], 'at-start': [], 'each-minute': [] };

app.timer('each-second', {
  schedule: '* * * * * *',
  handler: (timer) => {
    runs['each-second']?.push(timer);
    throw new Error('a timer that fails');
  },
});
app.timer('at-start', {
  schedule: '0 0 0 1 Jan *',
  runOnStartup: true,
  handler: (timer) => {
    runs['at-start']?.push(timer);
  },
});
app.timer('never', { schedule: '0 0 0 30 2 *', handler: () => {} });
app.http('timer-runs', { handler: () => ({ jsonBody: runs }) });
