import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** What infra/bundle.ts writes about the bundle, as far as it is read here. */
interface BundleReport {
  outputs: Record<
    string,
    { bytes: number; inputs: Record<string, unknown>; imports: { path: string; kind: string; external?: boolean }[] }
  >;
}

/** The app in the two forms that are compared. */
export interface BuiltApp {
  /** Folders with entry files. */
  bundled: string;
  unbundled: string;
  /** What entry files import later, all but the identity library, which only a managed identity needs. */
  laterInBundle: readonly string[];
  /** Bytes loaded at the start, by what is imported later, and in all. */
  bytes: { atStart: number; later: number; all: number };
  /** Removes the unbundled form: it has no business in what is deployed. */
  cleanUp(): Promise<void>;
}

/** Builds the bundle, and beside it the same app as plain JavaScript, file by file, with its packages as installed. */
export async function buildApp(): Promise<BuiltApp> {
  await run(process.execPath, ['infra/bundle.ts'], { cwd: root });
  const { outputs } = JSON.parse(readFileSync(join(root, 'dist', 'report.json'), 'utf8')) as BundleReport;
  const folder = join(root, 'dist', 'unbundled');
  const settings = join(root, 'dist', 'tsconfig.json');
  await writeFile(
    settings,
    JSON.stringify({
      extends: '../tsconfig.json',
      compilerOptions: { noEmit: false, outDir: folder, rootDir: root, rewriteRelativeImportExtensions: true },
      include: ['../functions'],
    }),
  );
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', settings], { cwd: root });

  const atStart = new Set<string>();
  const follow = (name: string): void => {
    if (atStart.has(name)) return;
    atStart.add(name);
    for (const { path, kind, external } of outputs[name]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) follow(path);
    }
  };
  for (const name of Object.keys(outputs)) if (name.startsWith('dist/functions/')) follow(name);
  const isIdentity = (name: string): boolean =>
    Object.keys(outputs[name]?.inputs ?? {}).some((input) => input.includes('@azure/identity'));
  const later = [...atStart]
    .flatMap((name) => outputs[name]?.imports ?? [])
    .flatMap(({ path, kind, external }) => (kind === 'dynamic-import' && external !== true ? [path] : []))
    .filter((name) => !isIdentity(name));
  const bytesOf = (names: Iterable<string>): number =>
    [...names].reduce((sum, name) => sum + (outputs[name]?.bytes ?? 0), 0);
  const all = bytesOf(Object.keys(outputs));
  const start = bytesOf(atStart);
  for (const name of later) follow(name);
  return {
    bundled: join(root, 'dist', 'functions'),
    unbundled: join(folder, 'functions'),
    laterInBundle: later.map((name) => join(root, name)),
    bytes: { atStart: start, later: bytesOf(atStart) - start, all },
    async cleanUp() {
      await rm(folder, { recursive: true });
      await rm(settings);
    },
  };
}
