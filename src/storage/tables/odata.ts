/**
 * A tag that makes an OData filter: what is put in is a text, between quotation marks and with its own ones doubled (OData
 * URL conventions, "Primitive literals").
 */
export function odata(filter: TemplateStringsArray, ...texts: string[]): string {
  return String.raw({ raw: filter }, ...texts.map((text) => `'${text.replaceAll("'", "''")}'`));
}
