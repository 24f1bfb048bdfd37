/**
 * Returns a copy of `whole` whose fields in `names` come from `part`. A named field that `part` lacks is removed. Other
 * fields of `part` are ignored.
 */
export function replaceFields<Whole extends Part, Part extends object>(
  whole: Whole,
  names: readonly (keyof Part & string)[],
  part: Part,
): Whole {
  const replaced = new Set<string>(names);
  return Object.fromEntries([
    ...Object.entries(whole).filter(([name]) => !replaced.has(name)),
    ...Object.entries(part).filter(([name, value]) => replaced.has(name) && value !== undefined),
  ]) as Whole;
}
