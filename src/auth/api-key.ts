import { createHash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/*
 * sdk_<16 hexadecimal digits: id>_<32 random bytes in base64url><8 hexadecimal digits: checksum>. With the prefix and
 * the checksum, scanners can find leaked keys, and the app can refuse a mistyped key without a look-up.
 */
const form = /^(?<text>sdk_(?<id>[0-9a-f]{16})_[\w-]{43})(?<checksum>[0-9a-f]{8})$/;

/** Makes a key of random bytes. The caller shows the key itself once, and stores only its id and its hash. */
export function newApiKey(randomBytes: (size: number) => Buffer): { key: string; id: string; hash: string } {
  const id = randomBytes(8).toString('hex');
  const text = `sdk_${id}_${randomBytes(32).toString('base64url')}`;
  const key = text + checksumOf(text);
  return { key, id, hash: hashApiKey(key) };
}

/** Reads the id in a key; undefined if the text is not a key, or its checksum is wrong. */
export function readApiKeyId(key: string): string | undefined {
  const { text = '', id, checksum } = form.exec(key)?.groups ?? {};
  return checksum === checksumOf(text) ? id : undefined;
}

/**
 * Hashes a key with SHA-256, in hexadecimal digits. A slow hash protects passwords, which can be guessed. Nobody can
 * guess 256 random bits, so here a slow hash would only make each call slow.
 */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Tells whether a key has this hash. Takes the same time wherever the hashes differ. */
export function matchesApiKey(key: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashApiKey(key), 'hex'), Buffer.from(hash, 'hex'));
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
