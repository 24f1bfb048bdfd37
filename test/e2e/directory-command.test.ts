import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';
import type { Azurite } from '../../src/local/azurite.ts';
import { createTableDirectory } from '../../src/storage/tables/directory.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'directory-command-'));
let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite({});
});
afterAll(async () => {
  await azurite.stop();
  rmSync(folder, { recursive: true });
});

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command as npm does, without a terminal. */
async function directory(args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  const env = { PATH: process.env['PATH'], AzureWebJobsStorage: azurite.connectionString, ...environment };
  const running = promisify(execFile)(process.execPath, ['src/cli/directory.ts', ...args], { cwd: root, env });
  return running
    .then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: unknown) => error as Ran,
    )
    .then(({ code, stdout, stderr }) => ({ code, stdout, stderr }));
}

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  return path;
}

const service = { id: 'sms', name: 'SMS', type: 'TwoWay', receivesOn: { protocol: 'SMS', address: '16400' } };
const acme = { id: 'acme', name: 'Acme', services: [service], whatsappIdentities: ['+358 40 100 0001'] };
const document = {
  customers: [acme, { id: 'b', name: 'B' }],
  users: [{ id: 'ann', name: 'Ann', customerIds: ['acme'] }],
};

describe('npm run directory', () => {
  test('check tells whether a file is valid, without storage', async () => {
    const path = file('good.json', document);
    expect(await directory(['check', path], { AzureWebJobsStorage: 'nonsense' })).toEqual({
      code: 0,
      stdout: `${path} is in order: 2 customers, 1 user.\n`,
      stderr: '',
    });
  });

  test.each(['check', 'apply'])('%s lists all problems with their lines', async (action) => {
    const wrong = { ...document, customers: [{ ...acme, regoin: 'SE', services: [{ ...service, type: 'Twoway' }] }] };
    const path = file('wrong.json', wrong);
    const result = await directory([action, path], { AzureWebJobsStorage: 'nonsense' });
    expect(result).toEqual({
      code: 1,
      stdout: '',
      stderr: [
        `${path}:10: customers[0].services[0].type is not one of OneWay, TwoWay, Group`,
        `${path}:20: customers[0].regoin is not a field; the fields are id, name, region, timeZone, callsPerMinute, callbackSecretSetting, services, whatsappIdentities`,
        '',
      ].join('\n'),
    });
  });

  test(
    'apply shows the changes and writes on request; export returns what was applied',
    { timeout: 120_000 },
    async () => {
      const path = file('directory.json', document);
      const plan = '+ customer acme\n+ customer b\n+ user ann\n';
      const apply = (...args: string[]) => directory(['apply', ...args]);
      const succeeded = (stdout: string): Ran => ({ code: 0, stdout, stderr: '' });
      expect(await apply(path)).toEqual(succeeded(`${plan}Nothing is written yet. Add --yes to write it.\n`));
      expect(await directory(['export'])).toEqual(succeeded('{\n  "customers": [],\n  "users": []\n}\n'));
      expect(await apply(path, '--yes')).toEqual(succeeded(`${plan}Written. The app uses it within a minute.\n`));

      const exported = await directory(['export']);
      expect(exported).toMatchObject({ code: 0, stderr: '' });
      const copy = file('copy.json', exported.stdout);
      expect(await apply(copy, '--prune', '--yes')).toEqual(succeeded('There is nothing to change.\n'));

      const less = file('less.json', { customers: [{ ...acme, name: 'Acme Ltd' }], users: document.users });
      expect(await apply(less, '--prune', '--yes')).toEqual(
        succeeded('~ customer acme: name\n- customer b\nWritten. The app uses it within a minute.\n'),
      );
      const app = createTableDirectory(azurite, { now: () => new Date() });
      expect([(await app.customer('acme'))?.name, await app.customer('b')]).toEqual(['Acme Ltd', undefined]);
      expect(await app.identityOwner('358401000001')).toBe('acme');

      const thief = { id: 'thief', name: 'T', whatsappIdentities: ['0401000001'] };
      const theft = file('theft.json', { customers: [thief], users: [] });
      expect(await apply(theft, '--yes')).toEqual({
        code: 1,
        stdout: '',
        stderr: [
          `${theft}:6: WhatsApp identity 358401000001 belongs to both acme and thief`,
          '  customer acme is not in the file and stays; --prune removes it',
          '  user ann is not in the file and stays; --prune removes it',
          '',
        ].join('\n'),
      });
    },
  );

  test.each([
    [[], 'npm run directory -- check FILE'],
    [['check', 'a.json', '--yes'], 'npm run directory -- check FILE'],
    [['apply', 'a.json', '--force'], "Unknown option '--force'"],
    [['check', '/nowhere/directory.json'], "/nowhere/directory.json can't be read"],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await directory(args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('    at ');
  });

  test('a wrong connection string is refused with a sentence, too', async () => {
    const { code, stderr } = await directory(['export'], { AzureWebJobsStorage: 'nonsense' });
    expect([code, stderr]).toEqual([
      1,
      'AzureWebJobsStorage is not a connection string of a storage account: it has no AccountName=… and no TableEndpoint=…\n',
    ]);
  });
});
