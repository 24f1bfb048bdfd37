import { createHash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/*
 * sdk_<16 hexadecimal digits: id>_<32 random bytes in base64url><8 hexadecimal digits: checksum>. The prefix and the
 * checksum let scanners find keys that lie about, and let a mistyped one be refused without a look-up.
 */
const form = /^(?<text>sdk_(?<id>[0-9a-f]{16})_[\w-]{43})(?<checksum>[0-9a-f]{8})$/;

/** Makes a key of random bytes. The key itself is to be shown once; what is kept of it is its id and its hash. */
export function newApiKey(randomBytes: (size: number) => Buffer): { key: string; id: string; hash: string } {
  const id = randomBytes(8).toString('hex');
  const text = `sdk_${id}_${randomBytes(32).toString('base64url')}`;
  const key = text + checksumOf(text);
  return { key, id, hash: hashApiKey(key) };
}

/** The id in a key; undefined where the text can't be a key. */
export function readApiKeyId(key: string): string | undefined {
  const { text = '', id, checksum } = form.exec(key)?.groups ?? {};
  return checksum === checksumOf(text) ? id : undefined;
}

/**
 * SHA-256 of a key, in hexadecimal digits. A slow hash protects passwords, which can be guessed; nobody guesses 256
 * random bits, so here it would only make each call slow.
 */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Whether a key is the one whose hash is given; takes the same time wherever they differ. */
export function matchesApiKey(key: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashApiKey(key), 'hex'), Buffer.from(hash, 'hex'));
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
