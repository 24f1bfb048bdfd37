import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { build } from 'esbuild';

/*
 * Makes the deployable bundle in dist/, or in the folder that the command line names. The bundle consists of ES
 * modules. It is split, so that what only some requests need, such as the identity library, is loaded with the first
 * such request. report.json says what is in which file.
 */
const root = join(import.meta.dirname, '..');
const folder = resolve(process.argv[2] ?? join(root, 'dist'));

// Libraries in CommonJS form need these three, which ES modules don't have.
const banner = [
  "import{createRequire as __createRequire}from'node:module';",
  "import{fileURLToPath as __fileURLToPath}from'node:url';",
  "import{dirname as __dirnameOf}from'node:path';",
  'const require=__createRequire(import.meta.url),__filename=__fileURLToPath(import.meta.url),__dirname=__dirnameOf(__filename);',
].join('');

rmSync(folder, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['functions/*.ts'],
  outdir: folder,
  outbase: '.',
  bundle: true,
  splitting: true,
  minify: true,
  sourcemap: false,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // The Functions worker provides this module.
  external: ['@azure/functions-core'],
  banner: { js: banner },
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
});
writeFileSync(join(folder, 'report.json'), JSON.stringify(metafile));

const sizes = Object.entries(metafile.outputs).map(([name, { bytes }]) => ({
  name,
  kilobytes: Math.round(bytes / 1000),
}));
console.table(sizes.sort((left, right) => right.kilobytes - left.kilobytes));
