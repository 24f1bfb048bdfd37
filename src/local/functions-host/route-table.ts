import type { RegisteredFunction } from './functions-core.ts';
import { triggerOf } from './invoke.ts';
import type { RouteTemplate } from './route-template.ts';
import { compareTemplates, matchRoute, parseRouteTemplate, samplePath } from './route-template.ts';

/** An HTTP function with the route and the methods it answers to. */
export interface HttpRoute {
  registered: RegisteredFunction;
  name: string;
  /** In capitals. */
  methods: readonly string[];
  template: RouteTemplate;
}

/**
 * Reads the HTTP trigger of a function. The route is its name where none is given, and begins with the route prefix.
 *
 * @throws a sentence that names the function
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

/** The routes in the order in which they are tried: the more specific first, then by the functions' names. */
export function orderRoutes(routes: readonly HttpRoute[]): HttpRoute[] {
  return routes.toSorted((a, b) => compareTemplates(a.template, b.template) || compareNames(a, b));
}

/** The first route that the method and the path (decoded segments) belong to. A wrong method is a miss like any other. */
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
 * Sentences about pairs of routes that answer to the same request and would be told apart differently where routes are
 * tried in the order of the functions' names. Hosts in Azure have done so (azure-functions-host issue 9876), hence an
 * app shouldn't lean on either order.
 */
export function describeOverlaps(ordered: readonly HttpRoute[]): string[] {
  return ordered.flatMap((first, index) =>
    ordered.slice(index + 1).flatMap((second) => {
      const path = samplePath(first.template);
      const method = first.methods.find((name) => second.methods.includes(name));
      if (path === undefined || method === undefined || compareNames(first, second) <= 0) return [];
      if (matchRoute(second.template, path) === undefined) return [];
      return [
        `${method} /${path.join('/')} fits the routes of ${first.name} and ${second.name}. ${first.name} answers here, ` +
          `since its route is the more specific; a host that goes by the functions' names would choose ${second.name}. ` +
          `Constrain the parameter, or let the name of ${first.name} come first in the alphabet.`,
      ];
    }),
  );
}

function compareNames(a: HttpRoute, b: HttpRoute): number {
  const [left, right] = [a.name.toLowerCase(), b.name.toLowerCase()];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
