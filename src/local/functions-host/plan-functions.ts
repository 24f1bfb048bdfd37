import type { RegisteredFunction } from './functions-core.ts';
import { triggerOf } from './invoke.ts';
import type { ListenerHost, PlannedListener } from './listeners.ts';
import { planListener } from './listeners.ts';
import type { Queues } from './queues.ts';
import type { HttpRoute } from './route-table.ts';
import { orderRoutes, readHttpRoute } from './route-table.ts';

/** The routes and listeners of an app, before any function runs. */
export interface Plan {
  /** In the order in which the host tries them. */
  routes: HttpRoute[];
  listeners: PlannedListener[];
  /** One entry for each function; `detail` is methods and route, the queue, or the schedule. */
  functions: { name: string; kind: 'http' | 'queue' | 'timer'; detail: string }[];
}

/**
 * Checks the triggers and outputs of all functions, except those that the environment switches off
 * (`AzureWebJobs.<name>.Disabled`, or with underscores on Linux).
 *
 * @throws an error that names the first function that can't be used
 */
export function planFunctions(all: readonly RegisteredFunction[], host: ListenerHost): Plan {
  const enabled = all.filter(({ metadata }) => !isDisabled(metadata.name));
  for (const registered of enabled) checkOutputs(registered, host.queues);
  const isHttp = (registered: RegisteredFunction): boolean =>
    triggerOf(registered).type.toLowerCase() === 'httptrigger';
  const { routePrefix } = host.settings;
  const routes = orderRoutes(enabled.filter(isHttp).map((registered) => readHttpRoute(registered, routePrefix)));
  const listeners = enabled
    .filter((registered) => !isHttp(registered))
    .map((registered) => planListener(registered, host));
  const http = routes.map(({ name, methods, template }) => ({
    name,
    kind: 'http' as const,
    detail: `${methods.join(',')} /${template.text}`,
  }));
  return {
    routes,
    listeners,
    functions: [...http, ...listeners.map(({ name, kind, detail }) => ({ name, kind, detail }))],
  };
}

function isDisabled(name: string): boolean {
  const setting = process.env[`AzureWebJobs.${name}.Disabled`] ?? process.env[`AzureWebJobs_${name}_Disabled`] ?? '';
  return /^(?:true|1)$/i.test(setting);
}

function checkOutputs(registered: RegisteredFunction, queues: Queues): void {
  const { name, bindings } = registered.metadata;
  for (const binding of Object.values(bindings)) {
    if (binding.direction !== 'out' || binding.type?.toLowerCase() !== 'queue') continue;
    try {
      queues.client(binding);
    } catch (error) {
      throw new Error(`An output of the function ${name} can't be used: ${(error as Error).message}`, { cause: error });
    }
  }
}
