import type { RegisteredFunction } from './functions-core.ts';
import { triggerOf } from './invoke.ts';
import type { RouteTemplate } from './route-template.ts';
import { compareTemplates, matchRoute, parseRouteTemplate, samplePath } from './route-template.ts';

/** An HTTP function, with its route and methods. */
export interface HttpRoute {
  registered: RegisteredFunction;
  name: string;
  /** In capitals. */
  methods: readonly string[];
  template: RouteTemplate;
}

/**
 * Reads the HTTP trigger of a function. The route begins with the route prefix; a function without a route has its name
 * as the route.
 *
 * @throws an error that names the function
 */
export function readHttpRoute(registered: RegisteredFunction, routePrefix: string): HttpRoute {
  const { name } = registered.metadata;
  const { route, methods } = triggerOf(registered);
  const own = typeof route === 'string' && route !== '' ? route : name;
  try {
    return {
      registered,
      name,
      methods: (Array.isArray(methods) ? methods : ['GET', 'POST']).map((method) => String(method).toUpperCase()),
      template: parseRouteTemplate(routePrefix === '' ? own : `${routePrefix}/${own}`),
    };
  } catch (error) {
    throw new Error(`The route "${own}" of the function ${name} can't be used: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/** Sorts routes into the order in which the host tries them: more specific ones first, then by function name. */
export function orderRoutes(routes: readonly HttpRoute[]): HttpRoute[] {
  return routes.toSorted((a, b) => compareTemplates(a.template, b.template) || compareNames(a, b));
}

/** Finds the first route that matches the method and the path, given as decoded segments. */
export function findRoute(
  routes: readonly HttpRoute[],
  method: string,
  path: readonly string[],
): { route: HttpRoute; parameters: Record<string, string> } | undefined {
  for (const route of routes) {
    if (!route.methods.includes(method)) continue;
    const parameters = matchRoute(route.template, path);
    if (parameters !== undefined) return { route, parameters };
  }
  return undefined;
}

/**
 * Describes pairs of routes that match the same request and of which a host that tries routes in the order of function
 * names would choose the other one. Hosts in Azure have done so (azure-functions-host issue 9876), so an app should not
 * depend on either order.
 */
export function describeOverlaps(ordered: readonly HttpRoute[]): string[] {
  return ordered.flatMap((first, index) =>
    ordered.slice(index + 1).flatMap((second) => {
      const path = samplePath(first.template);
      const method = first.methods.find((name) => second.methods.includes(name));
      if (path === undefined || method === undefined || compareNames(first, second) <= 0) return [];
      if (matchRoute(second.template, path) === undefined) return [];
      return [
        `${method} /${path.join('/')} matches the routes of ${first.name} and ${second.name}. ${first.name} answers here, ` +
          `because its route is more specific; a host that goes by the functions' names would choose ${second.name}. ` +
          `Constrain the parameter, or rename ${first.name} so that it comes first in the alphabet.`,
      ];
    }),
  );
}

function compareNames(a: HttpRoute, b: HttpRoute): number {
  const [left, right] = [a.name.toLowerCase(), b.name.toLowerCase()];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
