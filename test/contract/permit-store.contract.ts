import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { PermitStore } from '../../src/policies/permit-store.ts';

const soon = new Date('2026-11-24T10:00:00.123Z');
const later = new Date('2026-11-24T10:01:30.000Z');

/** A unique connection; its name contains special characters. */
const newConnection = (): string => `tenant/ä\\#? 'user' ${randomUUID()}`;

/** Changes that take permits for the first time. */
const firstTaking = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ index: from + index, freeAt: soon }));

/** The tests that every store of permits must pass. */
export function permitStoreContract(name: string, open: () => PermitStore): void {
  describe(`permits store: ${name}`, () => {
    const store = open();

    /** The connection's permits, by index. */
    const listed = async (connection: string) =>
      [...(await store.list(connection))].sort((left, right) => left.index - right.index);

    /** Makes a write that must succeed, and resolves to the versions. */
    async function write(...[connection, changes]: Parameters<PermitStore['write']>): Promise<readonly string[]> {
      const versions = await store.write(connection, changes);
      if (versions === 'conflict') throw new Error('a conflict');
      return versions;
    }

    test('a new connection has no stored permits', async () => {
      expect(await store.list(newConnection())).toEqual([]);
    });

    test('list: returns what was written, with the versions from the write', async () => {
      const connection = newConnection();
      const changes = [
        { index: 7, freeAt: later },
        { index: 0, freeAt: soon },
        { index: 329, freeAt: soon },
      ];
      const [seventh, first, last] = await write(connection, changes);
      expect(await listed(connection)).toEqual([
        { index: 0, freeAt: soon, version: first },
        { index: 7, freeAt: later, version: seventh },
        { index: 329, freeAt: soon, version: last },
      ]);
    });

    test('write: updates a permit with its version, together with new permits', async () => {
      const connection = newConnection();
      const [version] = await write(connection, firstTaking(2));
      const versions = await write(connection, [
        { index: 2, freeAt: soon },
        { index: 0, freeAt: later, version: version! },
      ]);
      expect(await listed(connection)).toEqual([
        { index: 0, freeAt: later, version: versions[1] },
        { index: 1, freeAt: soon, version: expect.any(String) as string },
        { index: 2, freeAt: soon, version: versions[0] },
      ]);
      expect(versions[1]).not.toBe(version);
    });

    test('write: one permit with another version conflicts, and nothing is written', async () => {
      const connection = newConnection();
      const [outdated] = await write(connection, firstTaking(2));
      await write(connection, [{ index: 0, freeAt: soon, version: outdated! }]);
      const before = await listed(connection);
      const [, second] = before;
      const good = [
        { index: 1, freeAt: later, version: second!.version },
        { index: 5, freeAt: later },
      ];
      for (const bad of [
        { index: 0, freeAt: later },
        { index: 0, freeAt: later, version: outdated! },
        { index: 6, freeAt: later, version: outdated! },
      ]) {
        expect(await store.write(connection, [bad])).toBe('conflict');
        expect(await store.write(connection, [...good, bad])).toBe('conflict');
        expect(await store.write(connection, [bad, ...good])).toBe('conflict');
      }
      expect(await listed(connection)).toEqual(before);
    });

    test('write: takes 100 permits, and a connection can have hundreds', async () => {
      const connection = newConnection();
      for (const from of [0, 100, 200]) await write(connection, firstTaking(100, from));
      expect((await listed(connection)).map(({ index }) => index)).toEqual([...Array(300).keys()]);
    });

    test('connections do not share permits', async () => {
      const [one, other] = [newConnection(), newConnection()];
      await write(one, firstTaking(3));
      await write(other, firstTaking(3));
      expect(await listed(one)).toHaveLength(3);
      expect(await listed(other)).toHaveLength(3);
    });

    test('if several instances take a permit at once, exactly one gets it', async () => {
      const connection = newConnection();
      const take = async (version?: string): Promise<string[]> => {
        const change = { index: 4, freeAt: later, ...(version === undefined ? {} : { version }) };
        const answers = await Promise.all([...Array(10)].map(() => store.write(connection, [change])));
        return answers.flatMap((answer) => (answer === 'conflict' ? [] : answer));
      };
      const first = await take();
      expect(first).toHaveLength(1);
      expect(await take(first[0])).toHaveLength(1);
    });
  });
}
