/**
 * An object whose named fields are those of `part`, the others its own. A field that `part` doesn't have is gone; what
 * else `part` has is left out.
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
