import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { readBundleReport } from '../support/tools/bundle-report.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** The app in the two forms that are compared. */
export interface BuiltApp {
  /** Folders with entry files. */
  bundled: string;
  unbundled: string;
  /** The files that entry files import later, without the identity library, which only a managed identity needs. */
  laterInBundle: readonly string[];
  /** Bytes loaded at the start, loaded later, and in all. */
  bytes: { atStart: number; later: number; all: number };
  /** Removes the unbundled form, which must not be deployed. */
  cleanUp(): Promise<void>;
}

/** Builds the bundle, and beside it the same app as plain JavaScript, file by file, with its packages as installed. */
export async function buildApp(): Promise<BuiltApp> {
  await run(process.execPath, ['infra/bundle.ts'], { cwd: root });
  const { files, eager, later, size, inputs, loadedWith } = readBundleReport();
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

  const needed = later.filter((name) => !inputs([name]).some((input) => input.includes('@azure/identity')));
  return {
    bundled: join(root, 'dist', 'functions'),
    unbundled: join(folder, 'functions'),
    laterInBundle: needed.map((name) => join(root, name)),
    bytes: {
      atStart: size(eager),
      later: size([...loadedWith(needed)].filter((name) => !eager.has(name))),
      all: size(files),
    },
    async cleanUp() {
      await rm(folder, { recursive: true });
      await rm(settings);
    },
  };
}
