import { eventually } from '../support/tools/eventually.ts';
import { additionsTo, startStorageProxy, untilAtRest } from '../support/servers/storage-proxy.ts';
import type { StorageProxy } from '../support/servers/storage-proxy.ts';
import { startWebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { startAzuriteProcess } from './azurite-process.ts';
import { sendBody, startBenchHost } from './bench-host.ts';
import type { BenchHost } from './bench-host.ts';
import { startCarrierProcess } from './carrier-process.ts';
import type { CarrierProcess } from './carrier-process.ts';
import { signedHeaders } from './signed-headers.ts';
import { against, short } from './finding.ts';
import type { Finding } from './finding.ts';

interface Pieces {
  storage: StorageProxy;
  carrier: CarrierProcess;
  host: BenchHost;
}

/** Counts storage operations on the wire between the app and storage. */
export async function benchOperations(): Promise<Finding[]> {
  const azurite = await startAzuriteProcess();
  const storage = await startStorageProxy(azurite.connectionString);
  const carrier = await startCarrierProcess(100);
  const host = await startBenchHost({ storage: storage.connectionString, carrier });
  const pieces = { storage, carrier, host };
  try {
    // The first sends create tables and queues, which must not be counted.
    await host.send(sendBody(1, { RequestId: 'first' }));
    await carrier.reported(1);
    const rows = [...(await countAccepting(pieces)), ...(await countToFinal(pieces)), ...(await countInbound(pieces))];
    return [
      {
        title: 'operations: storage operations, counted on the wire',
        rows,
        notes: [
          'Not counted: polls of empty queues, reads of the directory and the counting of calls, which belong to no single request.',
        ],
      },
    ];
  } finally {
    await host.stop();
    await carrier.stop();
    await storage.stop();
    await azurite.stop();
  }
}

type Row = Record<'what' | 'operations' | 'each', string | number>;

async function countAccepting({ storage, host }: Pieces): Promise<Row[]> {
  const SendDateTime = new Date(Date.now() + 3 * 3_600_000).toISOString();
  const rows: Row[] = [];
  for (const [recipients, RequestId] of [
    [1, undefined],
    [1, 'counted'],
    [1_000, undefined],
    [10_000, undefined],
  ] as const) {
    await quiet(storage);
    await host.send(sendBody(recipients, { SendDateTime, ...(RequestId === undefined ? {} : { RequestId }) }));
    const operations = storage.operations().length;
    const what = `accepting a send to ${short(recipients)}${RequestId === undefined ? '' : ', with RequestId'}`;
    rows.push({ what, operations, each: `${short(operations / recipients)} per recipient` });
  }
  return rows;
}

async function countToFinal({ storage, host, carrier }: Pieces): Promise<Row[]> {
  const rows: Row[] = [];
  let { reports } = await carrier.reported(0);
  for (const recipients of [1, 1_000, 10_000]) {
    await quiet(storage);
    await host.send(sendBody(recipients));
    reports += recipients;
    await carrier.reported(reports);
    await atRest(storage);
    const all = storage.operations();
    const inserts = all.filter(({ service, method, path }) => isReportInsert(service, method, path)).length;
    rows.push(
      {
        what: `a send to ${short(recipients)}, accept to final`,
        operations: all.length,
        each: `${short(all.length / recipients)} per recipient`,
      },
      {
        what: recipients === 1 ? 'a single delivery report' : `a burst of ${short(recipients)} delivery reports`,
        operations: inserts,
        each: `${against(inserts / recipients, { max: recipients === 1 ? 2 : 0.1 })} per report`,
      },
    );
  }
  return rows;
}

/** Recognises the rows of delivery reports: the only rows of messages that are inserted outside a transaction. */
function isReportInsert(service: string, method: string, path: string): boolean {
  return service === 'table' && method === 'POST' && /\/messages(?:\?|$)/.test(path);
}

async function countInbound({ storage, host, carrier }: Pieces): Promise<Row[]> {
  const receiver = await startWebhookReceiver(() => 202);
  const rows: Row[] = [];
  let registered = 0;
  let calls = 0;
  // The first message creates tables and queues.
  for (const subscriptions of [1, 1, 10, 1_000]) {
    for (; registered < subscriptions; registered++) await subscribe(host, `${receiver.url}/flow/${registered}?sig=x`);
    await quiet(storage);
    await receiveMessage(host, carrier.webhookSecret);
    calls += subscriptions;
    const expected = calls;
    await eventually(
      () => {
        if (receiver.calls.length < expected) throw new Error(`${receiver.calls.length} of ${expected} calls`);
      },
      { timeoutMs: 120_000 },
    );
    await atRest(storage);
    const all = storage.operations();
    const lastAdded = all.findLastIndex(additionsTo('notifications'));
    rows.push({
      what: `an inbound message, ${short(subscriptions)} ${subscriptions === 1 ? 'subscription' : 'subscriptions'}`,
      operations: all.length,
      each: `${short(all.length / subscriptions)} per call; ${lastAdded + 1} until all are queued`,
    });
  }
  await receiver.stop();
  return rows.slice(1);
}

async function subscribe({ client }: BenchHost, endpointUrl: string): Promise<void> {
  const { status, body } = await client.call({
    method: 'POST',
    path: '/service/demo-twoway/pipelines/actions',
    headers: { Customer: 'demo', 'Content-Type': 'application/json' },
    body: JSON.stringify({
      name: 'Bench',
      actionType: 'HttpRequest',
      description: 'Of the bench',
      options: { endpointUrl, httpVerb: 'POST' },
    }),
  });
  if (status !== 201) throw new Error(`a registration was answered ${status}: ${body}`);
}

let received = 0;

async function receiveMessage({ client }: BenchHost, secret: string): Promise<void> {
  received += 1;
  const message = {
    id: `bench-${received}`,
    sender: `35840${2_000_000 + received}`,
    recipient: '16400',
    protocol: 'SMS',
    content: 'Hello',
    at: new Date().toISOString(),
    attachments: [],
  };
  const body = JSON.stringify({ inbound: [message] });
  const headers = signedHeaders(secret, body);
  const { status } = await client.call({ method: 'POST', path: '/webhooks/simulated', headers, body });
  if (status !== 200) throw new Error(`an inbound message was answered ${status}`);
}

/** Waits until storage has no more operations. */
const atRest = (storage: StorageProxy): Promise<void> => untilAtRest(storage, { timeoutMs: 120_000, everyMs: 600 });

/** Waits until storage has no more operations, and begins to count. */
async function quiet(storage: StorageProxy): Promise<void> {
  await atRest(storage);
  storage.reset();
}
