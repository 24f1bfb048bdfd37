import { takeDataFolder } from './data-folder.ts';
import type { DataFolder } from './data-folder.ts';
import { readOptions } from './options.ts';
import type { LocalOptions } from './options.ts';
import { startLocal } from './start-local.ts';
import type { Local } from './start-local.ts';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env['PORT']);
  const folder = options.memory ? undefined : takeDataFolder(options.data, options);
  try {
    const local = await startLocal({
      port: options.port,
      bundle: options.bundle,
      ...(options.carrier === undefined ? {} : { carriers: options.carrier }),
      log: (line) => console.log(line),
      ...(folder === undefined ? {} : { dataFolder: folder.path }),
    });
    console.log(await greeting(local, options));
    console.log(`ready ${local.baseUrl}`);
    stopOnSignal(local, folder);
  } catch (error) {
    folder?.release();
    throw error;
  }
}

async function greeting(local: Local, { memory, data }: LocalOptions): Promise<string> {
  const { rootUrl, baseUrl, addresses, carriers, functions } = local;
  const isSimulated = addresses['simulatedCarrier'] !== undefined;
  const body = {
    Sender: 'SmartDialog',
    Content: 'Hello $(name), this is SmartDialog.',
    Protocol: 'SMS',
    // A placeholder, so that nobody gets a message because a maker pasted the command.
    Recipients: [{ Address: isSimulated ? '358401230001' : 'YOUR_NUMBER', Personalization: { name: 'Aino' } }],
  };
  const fromPhone = { sender: '358401230001', recipient: '16400', content: 'Hello', protocol: 'SMS' };
  return [
    '',
    isSimulated && carriers.length === 1
      ? 'SmartDialog runs on this machine; the phones are simulated.'
      : `SmartDialog runs on this machine and sends to real phones through ${carriers.join(', ')}.`,
    '',
    ...Object.entries(addresses).map(([name, address]) => `  ${name.padEnd(18)}${address}`),
    `  ${'data'.padEnd(18)}${local.ownStorage ? (memory ? 'in memory only' : data) : 'in the account that AzureWebJobsStorage names'}`,
    '',
    ...functions.map(({ name, kind, detail }) => `  ${kind.padEnd(6)}${name.padEnd(30)}${detail}`),
    '',
    'Send a message:',
    '',
    `  curl -s ${baseUrl}/messages -H 'Authorization: Bearer ${await local.issueToken()}' -H 'Content-Type: application/json' -H 'Customer-Id: demo' -H 'Service-Id: demo-oneway' -d '${JSON.stringify(body)}'`,
    '',
    ...(isSimulated
      ? [
          'See it on the phone:',
          '',
          `  curl -s '${rootUrl}/simulator/messages?address=358401230001'`,
          '',
          'Write from the phone:',
          '',
          `  curl -s ${rootUrl}/simulator/inbound -H 'Content-Type: application/json' -d '${JSON.stringify(fromPhone)}'`,
          '',
        ]
      : []),
  ].join('\n');
}

function stopOnSignal(local: Local, folder: DataFolder | undefined): void {
  let stopping = false;
  const stop = (): void => {
    // A second signal ends the process at once; so does the timeout, if a client holds its connection open.
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), 15_000).unref();
    local
      .stop()
      .catch((error: unknown) => console.error(error))
      .finally(() => {
        folder?.release();
        process.exit(0);
      });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
