import { app, output } from '@azure/functions';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';

const anyMethod = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

/** Answers with the request as the function sees it. */
async function describe(request: HttpRequest): Promise<HttpResponseInit> {
  const body = Buffer.from(await request.arrayBuffer());
  return {
    jsonBody: {
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      query: [...request.query],
      params: { ...request.params },
      body: body.length > 1000 ? body.length : body.toString(),
    },
  };
}

app.http('echo', { methods: [...anyMethod], handler: describe });

// The alphabetical order of these names is the reverse of the routes' specificity.
const routed = (name: string) => (request: HttpRequest) => ({ jsonBody: { name, params: { ...request.params } } });
app.http('a-any-item', { route: 'items/{id}', handler: routed('any') });
app.http('b-numbered-item', { route: 'items/{id:int}', handler: routed('numbered') });
app.http('c-recent-items', { route: 'items/recent', handler: routed('recent') });
app.http('optional', { route: 'optional/{first}/{second?}', handler: routed('optional') });
app.http('rest', { route: 'files/{*path}', handler: routed('rest') });
app.http('keyed', { authLevel: 'function', handler: routed('keyed') });
app.http('switched-off', { handler: routed('switched-off') });
app.get('get-item', { route: 'both', handler: routed('get') });
app.put('put-item', { route: 'both', handler: routed('put') });

const answers: Record<string, () => HttpResponseInit | undefined> = {
  text: () => ({ body: 'plain' }),
  json: () => ({ status: 201, jsonBody: { a: 1 }, headers: { 'X-Own': 'yes' } }),
  typed: () => ({ jsonBody: { a: 1 }, headers: { 'content-type': 'application/problem+json' } }),
  bytes: () => ({ body: Uint8Array.of(0, 255, 1) }),
  empty: () => ({}),
  'no-content': () => ({ status: 204, body: 'dropped' }),
  'reset-content': () => ({ status: 205, jsonBody: { dropped: true } }),
  'not-modified': () => ({ status: 304, body: 'dropped' }),
  nothing: () => undefined,
  throws: () => {
    throw new Error('thrown on purpose');
  },
  'bad-status': () => ({ status: 600 }),
  'own-length': () => ({ body: 'four', headers: { 'content-length': '400', connection: 'close' } }),
  cookies: () => ({
    cookies: [
      { name: 'plain', value: "a b'" },
      {
        name: 'full',
        value: 'v',
        domain: 'example.org',
        path: '/x',
        secure: true,
        httpOnly: true,
        sameSite: 'Strict',
        maxAge: 60,
      },
      { name: 'until', value: 'v', expires: new Date('2030-01-02T03:04:05Z'), sameSite: 'None' },
    ],
  }),
};
app.http('answer', {
  route: 'answer/{kind}',
  handler: (request) => answers[request.params['kind'] ?? '']?.() as HttpResponseInit,
});

app.http('context', {
  handler: (_request, context) => ({
    jsonBody: {
      functionName: context.functionName,
      triggerMetadata: context.triggerMetadata ?? 'none',
      traceParent: context.traceContext?.traceParent,
      trigger: context.options.trigger.type,
    },
  }),
});

const sent = output.storageQueue({ queueName: 'from-http', connection: 'AzureWebJobsStorage' });
app.http('send-queue', {
  methods: ['POST'],
  extraOutputs: [sent],
  handler: async (request, context) => {
    context.extraOutputs.set(sent, await request.json());
    return { status: 202 };
  },
});

const gates = new Map<string, PromiseWithResolvers<void>>();
const gate = (name: string): PromiseWithResolvers<void> => {
  const known = gates.get(name) ?? Promise.withResolvers<void>();
  gates.set(name, known);
  return known;
};
app.http('wait', {
  handler: async (request) => {
    await gate(request.query.get('gate') ?? '').promise;
    return { body: 'waited' };
  },
});
app.http('open', {
  handler: (request) => {
    gate(request.query.get('gate') ?? '').resolve();
    return {};
  },
});

app.http('stray-errors', {
  handler: () => {
    void Promise.reject(new Error('nobody awaits this'));
    setTimeout(() => {
      throw new Error('nobody catches this');
    });
    return { body: 'answered' };
  },
});

app.http('late-registration', {
  handler: () => {
    app.http('late', { handler: () => ({}) });
    return {};
  },
});

app.http('log', {
  handler: (_request: HttpRequest, context: InvocationContext) => {
    context.log('an informational line', { with: 'details' });
    context.warn('a warning');
    context.error('an error');
    return {};
  },
});
