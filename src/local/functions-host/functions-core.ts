import Module from 'node:module';

/*
 * The module `@azure/functions-core`. In Azure, the Node.js worker provides it; here, this file does. With this module,
 * `@azure/functions` registers functions and hooks, and the host drives its invocation model. The shapes are the
 * worker's, reduced to what the three supported triggers use.
 */

/** One value that host and library exchange; exactly one of the properties is set. */
export interface TypedData {
  string?: string | null;
  json?: string | null;
  bytes?: Uint8Array | null;
  http?: HttpData | null;
  int?: number | null;
  double?: number | null;
}

interface Nullable<T> {
  value?: T | null;
}

/** A request (url to body) or a response (statusCode, headers, cookies, body). */
export interface HttpData {
  method?: string;
  url?: string;
  nullableHeaders?: Record<string, Nullable<string>>;
  nullableQuery?: Record<string, Nullable<string>>;
  nullableParams?: Record<string, Nullable<string>>;
  body?: TypedData | null;
  statusCode?: string;
  headers?: Record<string, string>;
  cookies?: HttpCookie[];
}

/** A cookie of a response, as the library returns it. */
export interface HttpCookie {
  name: string;
  value: string;
  domain?: Nullable<string>;
  path?: Nullable<string>;
  expires?: Nullable<{ seconds?: number | null }>;
  secure?: Nullable<boolean>;
  httpOnly?: Nullable<boolean>;
  sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  maxAge?: Nullable<number>;
}

/** A binding of a function: its trigger, an input or an output, with the settings of its registration. */
export interface Binding {
  type?: string;
  direction?: 'in' | 'out' | 'inout';
  [setting: string]: unknown;
}

/** A registered function. */
export interface RegisteredFunction {
  metadata: { name: string; bindings: Record<string, Binding> };
  callback: FunctionCallback;
}

type FunctionCallback = (...args: unknown[]) => unknown;

/** The library's answer to an invocation. */
export interface InvocationResponse {
  outputData?: { name: string; data: TypedData }[];
  returnValue?: TypedData | null;
}

/** The data that starts an invocation. */
interface InvocationRequest {
  invocationId: string;
  inputData: { name: string; data: TypedData }[];
  triggerMetadata: Record<string, TypedData>;
  traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> };
}

/** The host's side of one invocation, as the library sees it. */
export interface CoreInvocationContext {
  invocationId: string;
  request: InvocationRequest;
  metadata: RegisteredFunction['metadata'];
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log: (level: string, category: string, message: string) => void;
}

interface InvocationModel {
  getArguments: () => Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction: (context: unknown, inputs: unknown[], callback: FunctionCallback) => Promise<unknown>;
  getResponse: (context: unknown, result: unknown) => Promise<InvocationResponse>;
}

/** The programming model, as which `@azure/functions` registers itself. */
interface ProgrammingModel {
  getInvocationModel: (context: CoreInvocationContext) => InvocationModel | Promise<InvocationModel>;
  getCapabilities?: (defaults: Record<string, string>) => Promise<Record<string, string>>;
}

const hookNames = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'] as const;
type HookName = (typeof hookNames)[number];
type Hook = (context: Record<string, unknown>) => unknown;

/** Everything the app has registered so far. */
export interface FunctionsCore {
  functions: Map<string, RegisteredFunction>;
  hooks: Record<HookName, Hook[]>;
  programmingModel: ProgrammingModel | undefined;
  /** Data that hooks share while the app runs. */
  appHookData: Record<string, unknown>;
  /** True once the app is loaded: as in Azure, no more functions can be registered. */
  locked: boolean;
}

class Disposable {
  readonly #onDispose: () => void;
  constructor(onDispose: () => void) {
    this.#onDispose = onDispose;
  }
  dispose(): void {
    this.#onDispose();
  }
}

/**
 * Provides `require('@azure/functions-core')` in this process. Wraps `require`, as the worker does; the library calls
 * it when the first function is registered.
 *
 * @param log takes the lines that the library logs outside of invocations
 * @returns the registered functions and hooks, which grow while the app loads
 */
export function provideFunctionsCore(log: (level: string, category: string, message: string) => void): FunctionsCore {
  const core: FunctionsCore = {
    functions: new Map(),
    hooks: { preInvocation: [], postInvocation: [], appStart: [], appTerminate: [], log: [] },
    programmingModel: undefined,
    appHookData: {},
    locked: false,
  };
  const api = {
    version: '3.0.0',
    hostVersion: '4.0.0',
    log,
    setProgrammingModel: (model: ProgrammingModel) => {
      core.programmingModel = model;
    },
    getProgrammingModel: () => core.programmingModel,
    registerFunction: (metadata: RegisteredFunction['metadata'], callback: FunctionCallback) =>
      registerFunction(core, { metadata, callback }),
    registerHook: (name: string, callback: Hook) => registerHook(core, name, callback),
    Disposable,
  };
  const require = Reflect.get(Module.prototype, 'require') as NodeJS.Require;
  Module.prototype.require = new Proxy(require, {
    apply: (target, self, args: [string]) =>
      args[0] === '@azure/functions-core' ? api : Reflect.apply(target, self, args),
  });
  return core;
}

function registerFunction(core: FunctionsCore, registered: RegisteredFunction): Disposable {
  const { name } = registered.metadata;
  if (core.locked) throw new Error('A function can only be registered during app startup.');
  if (core.functions.has(name)) throw new Error(`A function with id "${name}" has already been registered.`);
  core.functions.set(name, registered);
  return new Disposable(() => {
    if (core.locked) throw new Error('A function can only be disposed during app startup.');
    core.functions.delete(name);
  });
}

function registerHook(core: FunctionsCore, name: string, callback: Hook): Disposable {
  const known = hookNames.find((hookName) => hookName === name);
  if (known === undefined) throw new RangeError(`Unrecognized hook "${name}"`);
  const hooks = core.hooks[known];
  hooks.push(callback);
  return new Disposable(() => {
    const index = hooks.indexOf(callback);
    if (index !== -1) hooks.splice(index, 1);
  });
}

/**
 * Runs the hooks of one name in the order of their registration. Rejects with the first error, and runs no more then.
 */
export async function runHooks(
  core: FunctionsCore,
  name: Exclude<HookName, 'log'>,
  context: Record<string, unknown>,
): Promise<void> {
  // Iterates over a copy, so that a hook that disposes of itself doesn't make the loop skip the next one.
  for (const hook of core.hooks[name].slice()) await hook(context);
}
