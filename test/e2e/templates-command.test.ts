import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';
import type { Azurite } from '../../src/local/azurite.ts';
import { findFreePort } from '../../src/local/free-port.ts';
import { createApi } from '../support/hosts/api.ts';
import type { Api } from '../support/hosts/api.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import type { LocalHost } from '../support/hosts/local-host.ts';
import { cloudSettings } from '../support/labs/carriers/whatsapp-cloud.ts';
import { startWhatsAppCloudApi } from '../support/servers/whatsapp-cloud-api.ts';
import type { WhatsAppCloudApi } from '../support/servers/whatsapp-cloud-api.ts';

const root = join(import.meta.dirname, '..', '..');
const { token, appSecret, verifyToken, numbers } = cloudSettings;
const [number] = numbers;

let azurite: Azurite;
let network: WhatsAppCloudApi;
let settings: Record<string, string>;
let host: LocalHost;
let api: Api;

beforeAll(async () => {
  const port = await findFreePort();
  azurite = await startAzurite({});
  network = await startWhatsAppCloudApi({
    ...cloudSettings,
    number,
    webhookUrl: `http://127.0.0.1:${port}/api-integrations/v1/webhooks/whatsapp-cloud`,
  });
  settings = {
    CARRIERS: 'whatsapp-cloud',
    WHATSAPP_CLOUD_URL: network.url,
    WHATSAPP_CLOUD_TOKEN: token,
    WHATSAPP_CLOUD_APP_SECRET: appSecret,
    WHATSAPP_CLOUD_VERIFY_TOKEN: verifyToken,
    WHATSAPP_CLOUD_NUMBERS: `${number.number}=${number.phoneNumberId}/${number.accountId}`,
  };
  const environment = { ...settings, AzureWebJobsStorage: azurite.connectionString };
  host = await spawnLocalHost({ args: ['--memory', '--port', String(port)], environment });
  api = await createApi(host);
});
afterAll(async () => {
  await host.stop();
  await network.stop();
  await azurite.stop();
});

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command as npm does; default environment: the carriers' settings. */
async function templates(args: readonly string[], environment: Record<string, string> = settings): Promise<Ran> {
  const env = { PATH: process.env['PATH'], AzureWebJobsStorage: azurite.connectionString, ...environment };
  const running = promisify(execFile)(process.execPath, ['src/cli/templates.ts', ...args], { cwd: root, env });
  return running
    .then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: unknown) => error as Ran,
    )
    .then(({ code, stdout, stderr }) => ({ code, stdout, stderr }));
}

/** Creates a template at Meta, not through the API. */
async function makeElsewhere(language: string): Promise<void> {
  const answer = await fetch(`${network.url}/v23.0/${number.accountId}/message_templates`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'from_meta',
      language,
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Hei {{1}}, made elsewhere.', example: { body_text: [['Aino']] } }],
    }),
  });
  expect(answer.status).toBe(200);
}

test('a template that was created at Meta is imported, listed and sent', async () => {
  expect(await templates(['list', 'demo'])).toEqual({ code: 0, stdout: 'demo has no templates.\n', stderr: '' });
  await makeElsewhere('fi');
  await makeElsewhere('en');
  const choice = '  from_meta is stored in fi: the carrier also has it in en, but only one language is stored\n';
  expect(await templates(['import', '+358 40 100 0001'])).toEqual({
    code: 0,
    stdout: `358401000001 of demo:\n+ from_meta  fi  approved  added\n${choice}Written. Sends use the change within a minute.\n`,
    stderr: '',
  });
  expect((await templates(['import', '358401000001'])).stdout).toBe(
    `358401000001 of demo:\n${choice}Nothing has changed.\n`,
  );
  expect((await templates(['list', 'demo'], {})).stdout).toMatch(
    /^from_meta {2}of 358401000001 {2}fi {2}approved {2}changed \d{4}-\S+Z\n$/,
  );

  const sent = await api.call('/messages/templates/whatsapp', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Customer-Id': 'demo', 'Service-Id': 'demo-oneway' },
    body: JSON.stringify({
      TemplateName: 'from_meta',
      BodyParameters: ['Aino'],
      Recipients: [{ Address: '358401230001' }],
    }),
  });
  expect(sent).toMatchObject({ status: 200 });
  await api.waitForStatus((sent.body as { messageId: string }).messageId, 'delivered');
  const [message] = network.received('358401230001');
  expect(JSON.parse(message?.content ?? '')).toMatchObject({
    name: 'from_meta',
    language: { code: 'fi' },
    components: [{ type: 'body', parameters: [{ type: 'text', text: 'Aino' }] }],
  });
});

test('reports the failure of one number, and imports the templates of the others', async () => {
  await makeElsewhere('sv');
  expect(await templates(['import', 'x', '358401000001'])).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^x is not a WhatsApp number of any customer\n358401000001 of demo:\n.* in en, sv, but .*\nNothing has changed\.\n$/,
    ) as string,
  });
  const other = { ...settings, WHATSAPP_CLOUD_NUMBERS: '358401000009=1111/2222' };
  expect(await templates(['import', '358401000001'], other)).toMatchObject({
    code: 1,
    stderr: '358401000001 has no carrier that manages its templates\n',
  });
  expect(await templates(['import', '358401000001'], { ...settings, WHATSAPP_CLOUD_TOKEN: 'another' })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^358401000001 can't be imported: /) as string,
  });
});

const usage = /^Unknown option '--all'.*\nnpm run templates -- list CUSTOMER_ID\n/;
test.for<[args: string[], environment: Record<string, string>, reason: RegExp]>([
  [['import', '--all'], {}, usage],
  [['list', 'nobody'], {}, /^The directory has no customer 'nobody'\.$/m],
  [['import', '358401000001'], {}, /^CARRIERS is not set: name the carriers that the app has\.$/m],
  [['import', '358401000001'], { CARRIERS: 'pigeons' }, /^CARRIERS names 'pigeons'/],
  [
    ['import', '358401000001'],
    { CARRIERS: 'whatsapp-cloud' },
    /^WHATSAPP_CLOUD_TOKEN is not set\n.*\n.*\nWHATSAPP_CLOUD_NUMBERS is not set$/m,
  ],
])('refuses %j with %j, and says why', async ([args, environment, reason]) => {
  expect(await templates(args, environment)).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(reason) as string,
  });
});
