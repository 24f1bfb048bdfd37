/*
 * The routes of operations. Parameter names of the contract may hold blanks and hyphens, and the connector's definition
 * must keep them. Routes of Azure Functions can't hold these characters, so the routes use the names without them.
 */

const placeholder = /\{([^}]+)\}/g;

function routeName(parameterName: string): string {
  return parameterName.replaceAll(/[^A-Za-z0-9]/g, '');
}

/** Makes a path a route of Azure Functions: `/groupcontact/{Group Service}` becomes `groupcontact/{GroupService}`. */
export function routeOf(path: string): string {
  return path.slice(1).replaceAll(placeholder, (_, name: string) => `{${routeName(name)}}`);
}

/** Reads a path parameter, given by its name in the contract, from the host's route values; undefined if absent. */
export function routeValue(matched: Readonly<Record<string, string>>, parameterName: string): string | undefined {
  // The host decodes every character except an encoded slash.
  return matched[routeName(parameterName)]?.replaceAll(/%2f/gi, '/');
}
