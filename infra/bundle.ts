import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

/*
 * Makes the deployable bundle in dist/: ES modules, split so that what only some requests need (the identity library)
 * is loaded by the first of those. The report beside it says what is in which file.
 */
const root = join(import.meta.dirname, '..');

// Libraries in CommonJS form expect these three, which ES modules don't have.
const banner = [
  "import{createRequire as __createRequire}from'node:module';",
  "import{fileURLToPath as __fileURLToPath}from'node:url';",
  "import{dirname as __dirnameOf}from'node:path';",
  'const require=__createRequire(import.meta.url),__filename=__fileURLToPath(import.meta.url),__dirname=__dirnameOf(__filename);',
].join('');

rmSync(join(root, 'dist'), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['functions/*.ts'],
  outdir: 'dist',
  outbase: '.',
  bundle: true,
  splitting: true,
  minify: true,
  sourcemap: false,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // The Functions worker provides it.
  external: ['@azure/functions-core'],
  banner: { js: banner },
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
});
writeFileSync(join(root, 'dist', 'report.json'), JSON.stringify(metafile));

const sizes = Object.entries(metafile.outputs).map(([name, { bytes }]) => ({
  name,
  kilobytes: Math.round(bytes / 1000),
}));
console.table(sizes.sort((left, right) => right.kilobytes - left.kilobytes));
