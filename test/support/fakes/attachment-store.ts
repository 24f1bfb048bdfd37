import type { AttachmentStore, StoredAttachment } from '../../../src/conversations/index.ts';

/** Keeps attachments in memory, for tests and for load without a storage account. */
export function createMemoryAttachmentStore(): AttachmentStore {
  const attachments = new Map<string, StoredAttachment>();
  return {
    async put(id, attachment) {
      // Copy the bytes, because the caller may reuse the buffer.
      attachments.set(id, { ...attachment, bytes: Uint8Array.from(attachment.bytes) });
    },
    read: async (id) => attachments.get(id),
    async remove(id) {
      attachments.delete(id);
    },
  };
}
