import { eventually } from '../support/tools/eventually.ts';
import type { ApiCall, CallApi } from './call-api.ts';

/** The template of template sends. */
export const templateName = 'crash_run';

const identity = '358401000001';

/** Registers the flows, and waits until the template is approved. No host may be killed before that. */
export async function prepare({ callApi, flowUrls }: { callApi: CallApi; flowUrls: readonly string[] }): Promise<void> {
  const ask = (call: ApiCall, ...expected: number[]): Promise<unknown> =>
    eventually(
      async () => {
        const { status, body } = await callApi(call);
        if (!expected.includes(status)) throw new Error(`${call.path}: ${status} ${JSON.stringify(body)}`);
        return body;
      },
      { timeoutMs: 30_000, everyMs: 200 },
    );
  for (const endpointUrl of flowUrls) {
    await ask(
      {
        method: 'POST',
        path: '/service/receiving/pipelines/actions',
        headers: { customer: 'crash' },
        body: {
          name: 'Crash run',
          actionType: 'HttpRequest',
          description: 'Crash run',
          options: { endpointUrl, httpVerb: 'POST' },
        },
      },
      201,
    );
  }
  const template = {
    DisplayName: 'Crash run',
    RawContent: 'This is {{1}}, by WhatsApp.',
    Category: 'Utility',
    Language: 'en',
  };
  await ask({ method: 'POST', path: `/whatsapp/templates/crash/${identity}`, body: template }, 200, 201, 204);
  await eventually(
    async () => {
      const { body } = await callApi({ method: 'GET', path: '/whatsapp/templates/crash' });
      if (!JSON.stringify(body).includes(templateName)) throw new Error(`not approved yet: ${JSON.stringify(body)}`);
    },
    { timeoutMs: 30_000, everyMs: 200 },
  );
}
