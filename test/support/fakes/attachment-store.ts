import type { AttachmentStore, StoredAttachment } from '../../../src/conversations/index.ts';

/** Keeps attachments in this process: for tests and for load without a storage account. */
export function createMemoryAttachmentStore(): AttachmentStore {
  const attachments = new Map<string, StoredAttachment>();
  return {
    async put(id, attachment) {
      // A copy: whoever fetched the bytes may use the buffer again.
      attachments.set(id, { ...attachment, bytes: Uint8Array.from(attachment.bytes) });
    },
    read: async (id) => attachments.get(id),
    async remove(id) {
      attachments.delete(id);
    },
  };
}
