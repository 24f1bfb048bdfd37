import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defineConfig } from 'vitest/config';

/** A kind of tests, which has a folder and a project of its own: `vitest run --project unit`. */
const project = (name: string) => ({ extends: true as const, test: { name, include: [`test/${name}/**/*.test.ts`] } });

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    projects: [project('unit'), project('contract'), project('e2e')],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Tests change no module, so files may share them: a worker of its own for each would cost a second.
    isolate: false,
    // For the many processes that tests start.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'smartdialog-compile-cache') },
  },
});
