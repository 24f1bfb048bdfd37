/*
 * Where an operation stands in the URL space. The connector's definition must keep the contract's names, blanks and
 * hyphens included; a route of Azure Functions can't have those, so the routes use the same names without them.
 */

const placeholder = /\{([^}]+)\}/g;

function routeName(parameterName: string): string {
  return parameterName.replaceAll(/[^A-Za-z0-9]/g, '');
}

/** The path as a route template of Azure Functions: `/groupcontact/{Group Service}` becomes `groupcontact/{GroupService}`. */
export function routeOf(path: string): string {
  return path.slice(1).replaceAll(placeholder, (_, name: string) => `{${routeName(name)}}`);
}

/** Reads a path parameter by its contract name from what the host matched under its route name; undefined if absent. */
export function routeValue(matched: Readonly<Record<string, string>>, parameterName: string): string | undefined {
  // The host leaves an encoded slash alone, and decodes all else.
  return matched[routeName(parameterName)]?.replaceAll(/%2f/gi, '/');
}
