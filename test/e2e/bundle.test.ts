import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createApi, sendTo } from '../support/hosts/api.ts';
import type { SentBody } from '../support/hosts/api.ts';
import { readBundleReport } from '../support/tools/bundle-report.ts';
import type { BundleReport } from '../support/tools/bundle-report.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import type { LocalHost } from '../support/hosts/local-host.ts';

const root = join(import.meta.dirname, '..', '..');

let host: LocalHost;
let report: BundleReport;
beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['infra/bundle.ts'], { cwd: root });
  report = readBundleReport();
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

test('the bundle loads at most 1.0 MB before the first answer, and has at most 2.0 MB in all', () => {
  const { files, eager, size, inputs } = report;
  expect(size(eager)).toBeGreaterThan(100_000);
  expect(size(eager)).toBeLessThanOrEqual(1_000_000);
  expect(size(files)).toBeLessThanOrEqual(2_000_000);
  // The identity library is loaded later, because only a managed identity needs it.
  expect(inputs(eager).filter((name) => name.includes('@azure/identity'))).toEqual([]);
  expect(inputs(files).filter((name) => name.includes('@azure/identity'))).not.toEqual([]);
});
