import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { AttachmentStore, StoredAttachment } from '../../src/conversations/index.ts';

const newId = (): string => randomBytes(16).toString('hex');
/** All 256 bytes, so that a store that reads them as text is noticed. */
const allBytes = Uint8Array.from({ length: 256 }, (_, index) => index);

function attachment(changes: Partial<StoredAttachment> = {}): StoredAttachment {
  return {
    bytes: allBytes,
    name: 'picture.jpg',
    mimeType: 'image/jpeg',
    expiresAt: new Date('2026-11-24T10:00:00.123Z'),
    ...changes,
  };
}

/** Tests what every attachment store must do; `open` opens an empty one. */
export function attachmentStoreContract(name: string, open: () => AttachmentStore): void {
  describe(`attachment store: ${name}`, () => {
    const store = open();

    test('is empty before the first attachment, and takes the first two at the same time', async () => {
      const ids = [newId(), newId()] as const;
      expect(await store.read(ids[0])).toBeUndefined();
      await Promise.all(ids.map((id) => store.put(id, attachment({ name: id }))));
      expect(await Promise.all(ids.map((id) => store.read(id)))).toEqual(ids.map((id) => attachment({ name: id })));
      expect(await store.read(newId())).toBeUndefined();
    });

    test.each([
      ['every byte', {}],
      ['nothing', { bytes: new Uint8Array() }],
      ['5 MB', { bytes: new Uint8Array(randomBytes(5_000_000)) }],
      ['another type', { mimeType: 'text/plain; charset=utf-8' }],
      ['a time that is over', { expiresAt: new Date('2020-01-01T00:00:00.000Z') }],
      ['umlauts', { name: 'Grüße aus Jyväskylä.png' }],
      ['emoji', { name: '👩‍👩‍👧 family 🇫🇮.png' }],
      ['another script', { name: 'صورة.jpg' }],
      ['quotes and signs', { name: `"it's" 100% \\ a/b;c=d&e+f?.jpg` }],
      ['newlines', { name: 'a\r\nX-Evil: 1\n\tb\u0000.jpg' }],
      ['space around it', { name: '  a  ' }],
      ['no name', { name: '' }],
    ])('reads an attachment as it was stored: %s', async (_, changes) => {
      const id = newId();
      const kept = attachment(changes);
      await store.put(id, kept);
      const read = await store.read(id);
      // Compare as one value first: describing the difference of two large lists takes long.
      expect(Buffer.compare(read?.bytes ?? Buffer.from('missing'), kept.bytes)).toBe(0);
      expect({ ...read, bytes: undefined }).toEqual({ ...kept, bytes: undefined });
    });

    test('replaces an attachment as a whole, and no other', async () => {
      const [id, other] = [newId(), newId()];
      await store.put(id, attachment());
      await store.put(other, attachment());
      const next = attachment({
        bytes: Uint8Array.of(1),
        name: '',
        mimeType: 'audio/ogg',
        expiresAt: new Date('2027-01-01T00:00:00.000Z'),
      });
      await store.put(id, next);
      expect(await store.read(id)).toEqual(next);
      expect(await store.read(other)).toEqual(attachment());
    });

    test('if two writers write one attachment, one wins as a whole', async () => {
      const id = newId();
      const [one, two] = [attachment({ name: 'one' }), attachment({ name: 'two', bytes: Uint8Array.of(2) })];
      await Promise.all([store.put(id, one), store.put(id, two)]);
      expect([one, two]).toContainEqual(await store.read(id));
    });

    test('keeps the bytes as they were when `put` was called', async () => {
      const id = newId();
      const bytes = Uint8Array.of(1, 2, 3);
      await store.put(id, attachment({ bytes }));
      bytes.fill(0);
      expect(await store.read(id)).toEqual(attachment({ bytes: Uint8Array.of(1, 2, 3) }));
    });
  });
}
