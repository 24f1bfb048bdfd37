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

/** A route template in the syntax of ASP.NET Core: `messages/{id:int}/{part?}` or `files/{*path}`. */
export interface RouteTemplate {
  text: string;
  segments: readonly (Literal | Parameter)[];
}

/**
 * Reads a route template. Unlike ASP.NET Core, does not support default values and segments that mix text and
 * parameters.
 *
 * @throws an error whose message is a clause; the caller puts the function's name before it
 */
export function parseRouteTemplate(text: string): RouteTemplate {
  const segments = text.split('/').map((part) => parseSegment(part));
  const names = new Set<string>();
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'literal') continue;
    if ((segment.optional || segment.catchAll) && index < segments.length - 1) {
      throw new Error(`only the last segment may be optional or a catch-all, and {${segment.name}} isn't the last`);
    }
    if (names.has(segment.name.toLowerCase())) throw new Error(`the parameter {${segment.name}} appears twice`);
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
 * Matches the decoded segments of a path against a template, without regard to case.
 *
 * @returns the parameters that have a value; undefined if the path doesn't match
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
 * Compares templates for sorting, segment by segment as ASP.NET Core does: first literal text, then a parameter with a
 * constraint, then a parameter without one, then a catch-all. Negative if `a` comes first, 0 if neither does.
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

/** Returns a path that matches the template; undefined if its constraints make that hard to find. */
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
