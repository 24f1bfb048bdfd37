import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { newApiKey } from '../../src/auth/api-key.ts';
import type { ApiKey, ApiKeyStore } from '../../src/auth/ports.ts';

const minutes = (count: number): Date => new Date(Date.parse('2026-11-23T10:00:00.000Z') + count * 60_000);

function makeKey(details: Partial<ApiKey> = {}): ApiKey {
  const { id, hash } = newApiKey(randomBytes);
  return {
    id,
    hash,
    userId: 'demo-user',
    scopes: ['Gateway.Send', 'WhatsApp'],
    name: 'A key',
    createdAt: minutes(0),
    ...details,
  };
}

/** Tests what every store of API keys must do. */
export function apiKeyStoreContract(name: string, open: () => ApiKeyStore): void {
  describe(`API key store: ${name}`, () => {
    const store = open();

    test('is empty at first', async () => {
      expect(await store.list()).toEqual([]);
      expect(await store.find('0123456789abcdef')).toBeUndefined();
      expect(await store.remove('0123456789abcdef')).toBe(false);
    });

    test('finds a key as it was added, and no other', async () => {
      const keys = [
        makeKey(),
        makeKey({ expiresAt: minutes(60) }),
        makeKey({ scopes: [], userId: 'ä/ö\\#?%', name: 'Ä "name", 😀' }),
      ];
      for (const key of keys) await store.add(key);
      for (const key of keys) expect(await store.find(key.id)).toStrictEqual(key);
      for (const id of ['', keys[0]?.id.toUpperCase() ?? '', keys[0]?.hash ?? '', 'a/b', "x' or 'a' eq 'a"]) {
        expect([id, await store.find(id)]).toEqual([id, undefined]);
      }
    });

    test('refuses a second key with the same id, and keeps the first', async () => {
      const key = makeKey();
      await store.add(key);
      await expect(store.add({ ...makeKey(), id: key.id })).rejects.toThrow(Error);
      expect(await store.find(key.id)).toStrictEqual(key);
    });

    test('removes a key once, and no other', async () => {
      const [stays, goes] = [makeKey(), makeKey()];
      await store.add(stays);
      await store.add(goes);
      expect(await store.remove(goes.id)).toBe(true);
      expect(await store.find(goes.id)).toBeUndefined();
      expect(await store.remove(goes.id)).toBe(false);
      expect(await store.remove("x' or 'a' eq 'a")).toBe(false);
      expect(await store.find(stays.id)).toStrictEqual(stays);
    });

    test('lists all keys, the oldest first', async () => {
      const keys = [30, 10, 20].map((count) => makeKey({ createdAt: minutes(count) }));
      for (const key of keys) await store.add(key);
      const ids = new Set(keys.map(({ id }) => id));
      const listed = (await store.list()).filter(({ id }) => ids.has(id));
      expect(listed).toStrictEqual([keys[1], keys[2], keys[0]]);
    });
  });
}
