import { randomBytes } from 'node:crypto';

import type {
  CoreInvocationContext,
  FunctionsCore,
  InvocationResponse,
  RegisteredFunction,
  TypedData,
} from './functions-core.ts';
import { runHooks } from './functions-core.ts';
import type { Log } from './log.ts';

/** One call of a function, with the data of its trigger. */
export interface Invocation {
  registered: RegisteredFunction;
  invocationId: string;
  input: TypedData;
  triggerMetadata: Record<string, TypedData>;
  /** The caller's W3C `traceparent`, if it sent one. */
  traceParent?: string | undefined;
  /** Called when the library has the inputs, just before hooks and function run. */
  onBegin?: () => void;
}

/** Returns the binding that triggers a function: its name and settings. */
export function triggerOf(registered: RegisteredFunction): { name: string; type: string; [setting: string]: unknown } {
  for (const [name, binding] of Object.entries(registered.metadata.bindings)) {
    if (/trigger$/i.test(binding.type ?? '')) return { ...binding, name, type: binding.type ?? '' };
  }
  throw new Error(`The function ${registered.metadata.name} has no trigger.`);
}

/**
 * Runs a function as the worker does: with the library's invocation model, between the pre- and post-invocation hooks.
 * Hooks may replace the inputs, the function, its result and its error.
 *
 * @returns the library's answer, and whether the function returned anything
 * @throws the error of the function or of a hook, or the library's error if it refuses the result
 */
export async function invoke(
  core: FunctionsCore,
  log: Log,
  invocation: Invocation,
): Promise<{ response: InvocationResponse; hasResult: boolean }> {
  const { metadata, callback } = invocation.registered;
  const logContext: Record<string, unknown> = { hookData: {}, appHookData: core.appHookData };
  const coreContext: CoreInvocationContext = {
    invocationId: invocation.invocationId,
    request: {
      invocationId: invocation.invocationId,
      inputData: [{ name: triggerOf(invocation.registered).name, data: invocation.input }],
      triggerMetadata: invocation.triggerMetadata,
      traceContext: { traceParent: invocation.traceParent ?? newTraceParent(), traceState: '', attributes: {} },
    },
    metadata,
    state: undefined,
    log: (level, category, message) => {
      log({ ...runLogHooks(core, { ...logContext, level, category, message }), functionName: metadata.name });
    },
  };
  if (core.programmingModel === undefined) throw new Error('No programming model is registered.');
  const model = await core.programmingModel.getInvocationModel(coreContext);
  const { context, inputs } = await model.getArguments();
  logContext['invocationContext'] = context;
  invocation.onBegin?.();

  const before = { ...logContext, inputs, functionCallback: callback };
  coreContext.state = 'preInvocationHooks';
  await runHooks(core, 'preInvocation', before);

  const after: Record<string, unknown> = { ...logContext, inputs: before.inputs, result: null, error: null };
  coreContext.state = 'invocation';
  try {
    after['result'] = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    // Hooks recognise a failure by `error`, so it must be set even if the function threw undefined.
    after['error'] = error ?? new Error(`The function threw ${String(error)}.`);
  }
  coreContext.state = 'postInvocationHooks';
  await runHooks(core, 'postInvocation', after);
  coreContext.state = undefined;

  if (after['error'] != null) throw after['error'];
  return { response: await model.getResponse(context, after['result']), hasResult: after['result'] != null };
}

/**
 * Runs the log hooks, which may change the level and the message of the app's lines. Ignores the changes if one throws.
 */
function runLogHooks(
  core: FunctionsCore,
  context: { level: string; category: string; message: string },
): { level: string; message: string } {
  const original = { level: context.level, message: context.message };
  try {
    for (const hook of core.hooks.log) hook(context);
  } catch {
    return original;
  }
  return context.category === 'user' ? { level: context.level, message: context.message } : original;
}

function newTraceParent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
}
