import { arrayBuffer } from 'node:stream/consumers';

import type { ContainerClient } from '@azure/storage-blob';

import type { AttachmentStore, StoredAttachment } from '../../conversations/index.ts';
import type { StorageConnection } from '../connection.ts';
import type { containerPrivacy } from '../stored-privacy.ts';
import { withRetry } from '../service/with-retry.ts';

/**
 * Keeps attachments in the container `attachments`, which nobody reads without this app's rights and which comes into
 * being with the first of them: a blob each, named by the attachment's id.
 */
export function createBlobAttachmentStore(connection: StorageConnection): AttachmentStore {
  let opening: Promise<ContainerClient> | undefined;
  const container = (): Promise<ContainerClient> => (opening ??= openContainer(connection, 'attachments'));

  return {
    async put(id, { bytes, ...description }) {
      const client = await container();
      const upload = () =>
        withRetry(() =>
          client
            .getBlockBlobClient(id)
            .upload(bytes, bytes.byteLength, { ...describe(description), abortSignal: timeLimit() }),
        );
      await upload().catch(async (error: unknown) => {
        if (!hasCode(error, 'ContainerNotFound')) throw error;
        await withRetry(() => client.createIfNotExists({ abortSignal: timeLimit() }));
        await upload();
      });
    },

    async read(id) {
      const client = await container();
      const download = async (): Promise<StoredAttachment> => {
        // One request; the client's downloadToBuffer first asks how large the blob is.
        const {
          readableStreamBody,
          contentType = '',
          metadata = {},
        } = await client.getBlobClient(id).download(0, undefined, { abortSignal: timeLimit(), maxRetryRequests: 0 });
        return {
          // Undefined in browsers only.
          bytes: new Uint8Array(await arrayBuffer(readableStreamBody!)),
          name: decodeURIComponent(metadata['name'] ?? ''),
          mimeType: contentType,
          expiresAt: new Date(metadata['expiresat'] ?? ''),
        };
      };
      try {
        return await withRetry(download);
      } catch (error) {
        if (hasCode(error, 'BlobNotFound', 'ContainerNotFound')) return undefined;
        throw error;
      }
    },

    async remove(id) {
      const client = await container();
      const remove = () => client.deleteBlob(id, { deleteSnapshots: 'include', abortSignal: timeLimit() });
      await withRetry(remove).catch((error: unknown) => {
        if (!hasCode(error, 'BlobNotFound', 'ContainerNotFound')) throw error;
      });
    },
  };
}

/** The library is large and needed only where there is an attachment, so it is loaded with the first one. */
async function openContainer(
  connection: StorageConnection,
  name: keyof typeof containerPrivacy,
): Promise<ContainerClient> {
  const { ContainerClient } = await import('@azure/storage-blob');
  return 'connectionString' in connection
    ? new ContainerClient(connection.connectionString, name, once)
    : new ContainerClient(`${connection.blobUrl}/${name}`, connection.credential, once);
}

/** Repeats are {@link withRetry}'s, here as for tables and queues. */
const once = { retryOptions: { maxTries: 1 } };

/** The time for one try: an attachment may be large, and the library waits for ever. */
const timeLimit = (): AbortSignal => AbortSignal.timeout(30_000);

/**
 * What is kept beside the bytes. It travels in headers, so a name is percent-encoded, and 500 characters of it are kept:
 * metadata has 8 KiB in all, and a character takes at most nine bytes of them.
 */
function describe({ name, mimeType, expiresAt }: Omit<StoredAttachment, 'bytes'>) {
  const kept = name.slice(0, 500).toWellFormed();
  return {
    blobHTTPHeaders: { blobContentType: /^[\x20-\x7e]{1,255}$/.test(mimeType) ? mimeType : 'application/octet-stream' },
    // Keys come back in lower case. Empty metadata is left out: not every storage service takes it.
    metadata: { expiresat: expiresAt.toISOString(), ...(kept === '' ? {} : { name: encodeURIComponent(kept) }) },
  };
}

/** Whether an error is the storage service's answer with one of these error codes. */
function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
