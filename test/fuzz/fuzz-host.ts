import { tokenOf } from '../support/hosts/api.ts';
import type { Api } from '../support/hosts/api.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';
import { eventually } from '../support/tools/eventually.ts';
import { untilAtRest } from '../support/servers/storage-proxy.ts';
import { startFlowServer, subscribe } from '../support/servers/flow-server.ts';
import type { KnownIds } from './good-values.ts';

/** A local host with data of every kind, so that requests can name existing ids. */
export interface FuzzHost extends CountedHost {
  known: KnownIds;
}

const identity = '358401000001';
const json = { 'Content-Type': 'application/json' };
const templates = [
  { DisplayName: 'Greeting', RawContent: 'Hello {{1}}, good to see you.' },
  { DisplayName: 'Plain', RawContent: 'See you tomorrow.' },
  {
    DisplayName: 'Track',
    RawContent: 'Follow it',
    Buttons: [{ Type: 'Url', Label: 'Track', Data: 'https://example.com/{{1}}' }],
  },
];

/** Starts a host for fuzzing, and waits until it is idle. */
export async function startFuzzHost(): Promise<FuzzHost> {
  // Polls queues less often than other tests, because polls cost as much as requests.
  const local = await startCountedHost({ environment: { LOCAL_QUEUE_POLLING_MS: '1000' } });
  const flows = await startFlowServer();
  const stop = async (): Promise<void> => {
    await local.stop();
    await flows.stop();
  };
  try {
    const known = await fill(local, flows);
    await untilAtRest(local.storage, { timeoutMs: 60_000, everyMs: 500 });
    return { ...local, known, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function fill({ api, host }: CountedHost, flows: Awaited<ReturnType<typeof startFlowServer>>): Promise<KnownIds> {
  for (const template of templates) {
    const body = JSON.stringify({ Category: 'Utility', Language: 'en', ...template });
    await api.call(`/whatsapp/templates/demo/${identity}`, { method: 'POST', headers: json, body });
  }
  const sent = await Promise.all(['358401230001', '358401230002', '358401230003'].map((phone) => send(api, phone)));
  const flow = flows.flow();
  const registrations = [await subscribe(api, 'demo-twoway', flow)];
  const notifications = ['One', 'Two'].map(async (content) => {
    const message = { sender: '358401230001', recipient: '16400', content, protocol: 'SMS' };
    await fetch(`${host.rootUrl}/simulator/inbound`, { method: 'POST', headers: json, body: JSON.stringify(message) });
    return flow.notified(content);
  });
  const received = await Promise.all(notifications);
  // No phone writes from here on, so these flows are never called.
  const callbackUrls = Array.from({ length: 8 }, () => flows.flow().callbackUrl);
  for (const callbackUrl of callbackUrls) registrations.push(await subscribe(api, 'demo-twoway', { callbackUrl }));
  await Promise.all(sent.map((id) => api.waitForStatus(id, 'delivered', 'undelivered', 'expired')));
  const approved = await eventually(async () => {
    const { body } = await api.call('/whatsapp/templates/demo');
    if ((body as unknown[]).length < templates.length) throw new Error(`approved: ${JSON.stringify(body)}`);
    return body as { id: string }[];
  });
  return {
    token: api.token,
    otherToken: await tokenOf(host, 'other-user'),
    messages: sent,
    inboundMessages: received.map(({ messageId }) => messageId),
    threads: [...new Set(received.map(({ threadId }) => threadId))],
    pipelines: registrations.map(({ location }) => location.split('/').at(-3) ?? ''),
    actions: registrations.map(({ id }) => id),
    templates: approved.map(({ id }) => id),
    callbackUrls,
  };
}

async function send(api: Api, phone: string): Promise<string> {
  const message = { Sender: '16400', Content: 'Hello', Protocol: 'SMS', Recipients: [{ Address: phone }] };
  const { body } = await api.post(message);
  return (body as { MessageId: string }).MessageId;
}
