import type { RouteConstraint } from './route-constraints.ts';
import { parseRouteConstraint } from './route-constraints.ts';

interface Literal {
  kind: 'literal';
  text: string;
}

interface Parameter {
  kind: 'parameter';
  name: string;
  optional: boolean;
  catchAll: boolean;
  constraints: readonly RouteConstraint[];
}

/** A route in the syntax of ASP.NET Core: `messages/{id:int}/{part?}` or `files/{*path}`. */
export interface RouteTemplate {
  text: string;
  segments: readonly (Literal | Parameter)[];
}

/**
 * Reads a route template. Default values and segments that mix text and parameters are ASP.NET's too, but not ours.
 *
 * @throws with a clause that says what is wrong, for the caller to put the function's name before
 */
export function parseRouteTemplate(text: string): RouteTemplate {
  const segments = text.split('/').map((part) => parseSegment(part));
  const names = new Set<string>();
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'literal') continue;
    if ((segment.optional || segment.catchAll) && index < segments.length - 1) {
      throw new Error(`only the last segment may be optional or a catch-all, and {${segment.name}} isn't the last`);
    }
    if (names.has(segment.name.toLowerCase())) throw new Error(`the parameter {${segment.name}} is there twice`);
    names.add(segment.name.toLowerCase());
  }
  return { text, segments };
}

function parseSegment(part: string): Literal | Parameter {
  if (part === '') throw new Error('it has an empty segment (a slash at an end, or two in a row)');
  if (!/[{}]/.test(part)) return { kind: 'literal', text: part };
  const [, stars, name = '', constraints = '', optional] =
    /^\{(\*{0,2})(\w+)((?::[^{}:?=]+)*)(\?)?\}$/.exec(part) ?? [];
  if (name === '')
    throw new Error(
      `the segment "${part}" is neither plain text nor one parameter such as {id}, {id:int}, {id?} or {*path}`,
    );
  return {
    kind: 'parameter',
    name,
    optional: optional !== undefined,
    catchAll: stars !== '',
    constraints: constraints.split(':').slice(1).map(parseRouteConstraint),
  };
}

/**
 * Matches the segments of a path, already decoded, against a template; upper and lower case are the same.
 *
 * @returns the parameters that have a value, or undefined where the path isn't the template's
 */
export function matchRoute(template: RouteTemplate, path: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of template.segments.entries()) {
    const value = path[index];
    if (segment.kind === 'literal') {
      if (value?.toLowerCase() !== segment.text.toLowerCase()) return undefined;
      continue;
    }
    const given = segment.catchAll ? path.slice(index).join('/') : (value ?? '');
    if (given === '') {
      if (!segment.optional && !segment.catchAll) return undefined;
      continue;
    }
    if (!segment.constraints.every((constraint) => constraint.accepts(given))) return undefined;
    parameters[segment.name] = given;
  }
  const endsOpen = template.segments.some((segment) => segment.kind === 'parameter' && segment.catchAll);
  return path.length <= template.segments.length || endsOpen ? parameters : undefined;
}

/**
 * Orders templates as ASP.NET Core does: segment by segment, text before a parameter with a constraint, that before one
 * without, that before a catch-all. Negative where `a` is to be tried first, 0 where neither is.
 */
export function compareTemplates(a: RouteTemplate, b: RouteTemplate): number {
  const [left, right] = [a.segments.map(rank), b.segments.map(rank)];
  for (const [index, one] of left.entries()) {
    const difference = one - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function rank(segment: Literal | Parameter): number {
  if (segment.kind === 'literal') return 1;
  return (segment.catchAll ? 5 : 3) - (segment.constraints.length > 0 ? 1 : 0);
}

/** A path that the template matches, or undefined where its constraints make that hard to say. */
export function samplePath(template: RouteTemplate): string[] | undefined {
  const path: string[] = [];
  for (const segment of template.segments) {
    if (segment.kind === 'literal') {
      path.push(segment.text);
      continue;
    }
    const sample = segment.constraints.length > 0 ? segment.constraints[0]?.sample : 'x';
    if (sample === undefined || !segment.constraints.every((constraint) => constraint.accepts(sample)))
      return undefined;
    path.push(sample);
  }
  return path;
}
