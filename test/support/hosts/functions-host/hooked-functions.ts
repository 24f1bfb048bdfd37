import { app } from '@azure/functions';

const events: unknown[] = [];

app.hook.appStart((context) => {
  context.hookData['started'] = true;
  events.push('appStart');
});
app.hook.appTerminate((context) => {
  process.send?.({ terminated: context.hookData['started'] });
});

app.hook.preInvocation((context) => {
  if (context.invocationContext.functionName !== 'hooked') return;
  context.hookData['before'] = 'from preInvocation';
  const { functionHandler } = context;
  context.inputs = ['replaced input'];
  context.functionHandler = async (input, invocation) =>
    `wrapped ${String(await functionHandler(input as never, invocation))}`;
});
app.hook.postInvocation((context) => {
  const { functionName } = context.invocationContext;
  if (functionName === 'hooked') {
    context.result = {
      jsonBody: { result: context.result, inputs: context.inputs, before: context.hookData['before'] },
    };
  }
  if (functionName === 'rescued' && context.error instanceof Error) {
    context.result = { body: `rescued from: ${context.error.message}` };
    context.error = null;
  }
  if (functionName === 'condemned') context.error = new Error('condemned by a hook');
});
app.hook.preInvocation((context) => {
  if (context.invocationContext.functionName === 'barred') throw new Error('barred by a hook');
});
app.hook.log((context) => {
  if (context.message.includes('secret')) {
    context.message = context.message.replace('secret', '***');
    context.level = 'warning';
  }
});
const disposed = app.hook.preInvocation(() => {
  events.push('this hook was disposed of');
});
disposed.dispose();

app.http('hooked', { handler: (input: unknown) => `function with ${String(input)}` as never });
app.http('rescued', {
  handler: () => {
    throw new Error('a failure');
  },
});
app.http('condemned', { handler: () => ({ body: 'never seen' }) });
app.http('barred', { handler: () => ({ body: 'never seen' }) });
app.http('hook-events', { handler: () => ({ jsonBody: events }) });
app.http('log-secret', {
  handler: (_request, context) => {
    context.log('a secret line');
    return {};
  },
});
