import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createApi, sendTo } from '../support/api.ts';
import type { SentBody } from '../support/api.ts';
import { spawnLocalHost } from '../support/local-host.ts';
import type { LocalHost } from '../support/local-host.ts';

const root = join(import.meta.dirname, '..', '..');

interface BundleReport {
  outputs: Record<
    string,
    { bytes: number; inputs: Record<string, unknown>; imports: { path: string; kind: string; external?: boolean }[] }
  >;
}

let host: LocalHost;
let report: BundleReport;
beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['infra/bundle.ts'], { cwd: root });
  report = JSON.parse(readFileSync(join(root, 'dist', 'report.json'), 'utf8')) as BundleReport;
  host = await spawnLocalHost({ args: ['--bundle', '--memory', '--port', '0'] });
});
afterAll(() => host.stop());

test('the bundle sends a message', async () => {
  const api = await createApi(host);
  const answer = await api.post(sendTo(['358401230001']));
  expect(answer.status).toBe(200);
  const { MessageId: messageId } = answer.body as SentBody;
  expect((await api.waitForStatus(messageId, 'delivered')).Status).toBe('delivered');
});

test('it loads at most 1.0 MB before the first answer, and has at most 2.0 MB in all', () => {
  const eager = new Set<string>();
  const load = (name: string): void => {
    if (eager.has(name)) return;
    eager.add(name);
    for (const { path, kind, external } of report.outputs[name]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) load(path);
    }
  };
  for (const name of Object.keys(report.outputs)) if (name.startsWith('dist/functions/')) load(name);
  const size = (names: Iterable<string>): number =>
    [...names].reduce((sum, name) => sum + (report.outputs[name]?.bytes ?? 0), 0);
  const inputs = (names: Iterable<string>) =>
    [...names].flatMap((name) => Object.keys(report.outputs[name]?.inputs ?? {}));

  expect(size(eager)).toBeGreaterThan(100_000);
  expect(size(eager)).toBeLessThanOrEqual(1_000_000);
  expect(size(Object.keys(report.outputs))).toBeLessThanOrEqual(2_000_000);
  // What is loaded later is the identity library, which only a managed identity needs.
  expect(inputs(eager).filter((name) => name.includes('@azure/identity'))).toEqual([]);
  expect(inputs(Object.keys(report.outputs)).filter((name) => name.includes('@azure/identity'))).not.toEqual([]);
});
