import { ReadableStream } from 'node:stream/web';

import { app } from '@azure/functions';

app.setup({ enableHttpStream: true });

app.http('count-bytes', {
  methods: ['POST'],
  handler: async (request) => {
    let bytes = 0;
    for await (const chunk of request.body ?? []) bytes += (chunk as Uint8Array).length;
    return { body: `${bytes} bytes` };
  },
});

app.http('send-bytes', {
  handler: (request) => {
    const chunk = new Uint8Array(65_536);
    let left = Number(request.query.get('chunks'));
    return {
      body: new ReadableStream({
        pull: (controller) => {
          if (left === 0) controller.close();
          else controller.enqueue(chunk);
          left -= 1;
        },
      }),
    };
  },
});

app.http('break-off', {
  handler: () => ({
    body: new ReadableStream({
      pull: async (controller) => {
        controller.enqueue(Buffer.from('the beginning'));
        await new Promise((resolve) => setTimeout(resolve, 50));
        controller.error(new Error('broken off on purpose'));
      },
    }),
  }),
});

// Answers without reading the body.
app.http('unread', { methods: ['POST'], handler: () => ({ status: 401, body: 'no' }) });
