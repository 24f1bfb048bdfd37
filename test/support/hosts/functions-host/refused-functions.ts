import { app, input, output } from '@azure/functions';

const connection = 'AzureWebJobsStorage';
const handler = (): void => {};

/** Apps that a host refuses; the environment chooses one. */
const apps: Record<string, () => void> = {
  blob: () => app.storageBlob('on-blob', { path: 'container/{name}', connection, handler }),
  bus: () => app.serviceBusQueue('on-bus', { queueName: 'queue', connection, handler }),
  table: () => {
    const table = output.table({ tableName: 'rows', connection });
    app.timer('writes-rows', { schedule: '0 * * * * *', extraOutputs: [table], handler });
  },
  input: () => {
    const blob = input.storageBlob({ path: 'container/file', connection });
    app.timer('reads-a-blob', { schedule: '0 * * * * *', extraInputs: [blob], handler });
  },
  name: () => app.http('no name', { handler: () => ({}) }),
  route: () => app.http('bad-route', { route: 'items/{id:even}', handler: () => ({}) }),
  queue: () => app.storageQueue('bad-queue', { queueName: 'No Queue', connection, handler }),
  connection: () => app.storageQueue('unconnected', { queueName: 'queue', connection: 'OtherStorage', handler }),
  output: () => {
    const queue = output.storageQueue({ queueName: 'a', connection });
    app.timer('bad-output', { schedule: '0 * * * * *', return: queue, handler });
  },
  schedule: () => app.timer('bad-schedule', { schedule: '* * * * *', handler }),
  twice: () => {
    app.http('same', { handler: () => ({}) });
    app.http('same', { handler: () => ({}) });
  },
  hook: () => {
    app.http('fine', { handler: () => ({}) });
    app.hook.appStart(() => {
      throw new Error('the hook says no');
    });
  },
  none: () => {},
};

apps[process.env['REFUSED_APP'] ?? '']?.();
