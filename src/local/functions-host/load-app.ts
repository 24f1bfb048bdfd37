import { once } from 'node:events';
import { Agent } from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';

import type { FunctionsCore, RegisteredFunction } from './functions-core.ts';
import { provideFunctionsCore, runHooks } from './functions-core.ts';
import { triggerOf } from './invoke.ts';
import type { Log } from './log.ts';

/** The library's own server, and the connections to it. */
export interface StreamingServer {
  port: number;
  agent: Agent;
}

/** An app that has registered all its functions. */
export interface LoadedApp {
  core: FunctionsCore;
  functions: readonly RegisteredFunction[];
  /** Set if the app has turned HTTP streaming on. */
  streaming: StreamingServer | undefined;
  closeStreaming: () => Promise<void>;
  /** Runs the appTerminate hooks. */
  terminate: () => Promise<void>;
}

/**
 * Loads the entry files in order, as the worker loads the files that `main` in package.json names. Then runs the start
 * hooks and closes registration. The library registers with the first host that it meets, so a process can do this
 * once.
 *
 * @throws if a file can't be loaded, if no function was registered, or if this host can't run one of the functions
 */
export async function loadApp(entryFiles: readonly string[], log: Log): Promise<LoadedApp> {
  const core = provideFunctionsCore((level, _category, message) => log({ level, message }));
  for (const file of entryFiles) {
    try {
      await import(pathToFileURL(file).href);
    } catch (error) {
      throw new Error(`${file} can't be loaded: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
  const appContext = { hookData: {}, appHookData: core.appHookData };
  await runHooks(core, 'appStart', appContext);
  const functions = [...core.functions.values()];
  if (core.programmingModel === undefined || functions.length === 0) {
    throw new Error(
      `${entryFiles.join(', ')} registered no function. If they should have, something in this process used ` +
        '@azure/functions before the host started, or the package is installed twice.',
    );
  }
  for (const registered of functions) checkSupported(registered);
  const server = await startStreaming(core);
  core.locked = true;
  const agent = new Agent({ keepAlive: true });
  return {
    core,
    functions,
    streaming: server && { port: (server.address() as AddressInfo).port, agent },
    closeStreaming: async () => {
      agent.destroy();
      if (server === undefined) return;
      server.close();
      await once(server, 'close');
    },
    terminate: () => runHooks(core, 'appTerminate', appContext),
  };
}

const triggers = ['httptrigger', 'queuetrigger', 'timertrigger'];
const outputs = ['http', 'queue'];

function checkSupported(registered: RegisteredFunction): void {
  const { name, bindings } = registered.metadata;
  if (!/^[a-z][\w-]{0,127}$/i.test(name)) {
    throw new Error(
      `"${name}" is not a valid function name: it must begin with a letter and hold only letters, digits, - and _.`,
    );
  }
  const trigger = triggerOf(registered);
  for (const [bindingName, { type = 'none', direction }] of Object.entries(bindings)) {
    const isTrigger = bindingName === trigger.name;
    const supported = isTrigger ? triggers : direction === 'out' ? outputs : [];
    if (supported.includes(type.toLowerCase())) continue;
    const [kind, rule] = isTrigger
      ? ['a trigger', 'the triggers httpTrigger, queueTrigger and timerTrigger']
      : [direction === 'out' ? 'an output' : 'an input', 'outputs of the types http and queue, and no inputs'];
    throw new Error(`The function ${name} has ${kind} of the type ${type}, but the local host supports only ${rule}.`);
  }
}

/**
 * Asks the library for its capabilities; if HTTP streaming is on, this starts the library's own server. That server
 * would listen on every network interface, and nobody could close it. So during the call, `listen` is replaced: it
 * binds to the loopback interface only, and keeps the server for closing.
 */
async function startStreaming(core: FunctionsCore): Promise<net.Server | undefined> {
  const listen = Reflect.get(net.Server.prototype, 'listen') as (...args: unknown[]) => net.Server;
  let started: net.Server | undefined;
  net.Server.prototype.listen = new Proxy(listen, {
    apply: (target, server: net.Server, args: unknown[]) => {
      started = server;
      return Reflect.apply(target, server, typeof args[0] === 'function' ? [0, '127.0.0.1', ...args] : args);
    },
  });
  try {
    const capabilities = await core.programmingModel?.getCapabilities?.({});
    if (capabilities?.['HttpUri'] === undefined || started === undefined) return undefined;
    if (!started.listening) await once(started, 'listening');
    // If the library's server closed idle connections, it could close one on which a request is just arriving.
    Object.assign(started, { keepAliveTimeout: 0 });
    return started;
  } finally {
    net.Server.prototype.listen = listen;
  }
}
