/**
 * Makes an OData filter from a tagged template. Each inserted text becomes a literal: it is put between single quotes,
 * and its own single quotes are doubled (OData URL conventions, "Primitive literals").
 */
export function odata(filter: TemplateStringsArray, ...texts: string[]): string {
  return String.raw({ raw: filter }, ...texts.map((text) => `'${text.replaceAll("'", "''")}'`));
}
