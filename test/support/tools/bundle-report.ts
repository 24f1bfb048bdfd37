import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The bundle in `dist`, from the report of its build. Files are paths from the project's folder. */
export interface BundleReport {
  /** All files. */
  files: readonly string[];
  /** Files that are loaded at the start. */
  eager: ReadonlySet<string>;
  /** Files that these import when something first needs them. */
  later: readonly string[];
  /** Sums up the bytes of files. */
  size: (files: Iterable<string>) => number;
  /** Lists the modules in files, as paths. */
  inputs: (files: Iterable<string>) => string[];
  /** Returns files with all files that are loaded with them. */
  loadedWith: (files: Iterable<string>) => Set<string>;
}

interface Report {
  outputs: Record<
    string,
    { bytes: number; inputs: Record<string, unknown>; imports: { path: string; kind: string; external?: boolean }[] }
  >;
}

/** Reads the report of the last build. */
export function readBundleReport(): BundleReport {
  const path = join(import.meta.dirname, '../../../dist/report.json');
  const { outputs } = JSON.parse(readFileSync(path, 'utf8')) as Report;
  const importsOf = (name: string, kind: string): string[] =>
    (outputs[name]?.imports ?? []).flatMap((each) => (each.kind === kind && each.external !== true ? [each.path] : []));
  const loadedWith = (names: Iterable<string>): Set<string> => {
    const loaded = new Set<string>();
    const load = (name: string): void => {
      if (loaded.has(name)) return;
      loaded.add(name);
      importsOf(name, 'import-statement').forEach(load);
    };
    for (const name of names) load(name);
    return loaded;
  };
  const files = Object.keys(outputs);
  const eager = loadedWith(files.filter((name) => name.startsWith('dist/functions/')));
  return {
    files,
    eager,
    loadedWith,
    later: [...new Set([...eager].flatMap((name) => importsOf(name, 'dynamic-import')))],
    size: (names) => [...names].reduce((sum, name) => sum + (outputs[name]?.bytes ?? 0), 0),
    inputs: (names) => [...names].flatMap((name) => Object.keys(outputs[name]?.inputs ?? {})),
  };
}
