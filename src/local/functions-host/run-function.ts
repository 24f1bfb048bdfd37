import { randomUUID } from 'node:crypto';

import type { FunctionsCore, InvocationResponse, RegisteredFunction } from './functions-core.ts';
import type { Invocation } from './invoke.ts';
import { invoke } from './invoke.ts';
import type { Log } from './log.ts';
import { describeError } from './log.ts';
import type { MessageEncoding } from './queue-message.ts';
import type { Queues } from './queues.ts';
import { writeOutputs } from './queues.ts';

/** The data that a trigger gives its function. */
type TriggerData = Pick<Invocation, 'input' | 'triggerMetadata'>;

/** Runs functions for triggers. Each method logs an error under the function's name and then rejects with it. */
export interface FunctionRunner {
  invoke: (invocation: Invocation) => Promise<{ response: InvocationResponse; hasResult: boolean }>;
  /** Sends the function's outputs to its bindings. */
  writeOutputs: (registered: RegisteredFunction, response: InvocationResponse) => Promise<void>;
  /** Invokes the function and writes its outputs, for triggers that need no answer; `read` makes the trigger's data. */
  run: (registered: RegisteredFunction, read: () => TriggerData) => Promise<void>;
}

/** Creates the runner for an app's functions. */
export function createRunner(
  core: FunctionsCore,
  { queues, encoding, log }: { queues: Queues; encoding: MessageEncoding; log: Log },
): FunctionRunner {
  const logged = async <T>(registered: RegisteredFunction, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      log({ level: 'error', functionName: registered.metadata.name, message: `Failed: ${describeError(error)}` });
      throw error;
    }
  };
  return {
    invoke: (invocation) => logged(invocation.registered, () => invoke(core, log, invocation)),
    writeOutputs: (registered, response) =>
      logged(registered, () => writeOutputs(registered, response, { queues, encoding })),
    run: (registered, read) =>
      logged(registered, async () => {
        const { response } = await invoke(core, log, { registered, invocationId: randomUUID(), ...read() });
        await writeOutputs(registered, response, { queues, encoding });
      }),
  };
}
