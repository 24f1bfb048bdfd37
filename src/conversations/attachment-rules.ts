/*
 * Attachment types that we store. We serve them from our own address, so the list has images, audio, video and
 * documents, but nothing that a browser would run. SVG is refused because it can contain scripts.
 */
const allowed: readonly RegExp[] = [
  /^(?:image|audio|video)\/[\w.+-]+$/,
  /^text\/(?:plain|csv|calendar|vcard|x-vcard)$/,
  /^application\/(?:pdf|msword|rtf|zip|json|ogg|vnd\.ms-(?:excel|powerpoint)|vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\.[\w.+-]+)$/,
];

const refused: ReadonlySet<string> = new Set(['image/svg+xml']);

/** Returns why attachments of a MIME type are not stored; undefined if they are. */
export function attachmentRefusal(mimeType: string): string | undefined {
  const [bare = ''] = mimeType.toLowerCase().split(';', 1);
  const type = bare.trim();
  if (!refused.has(type) && allowed.some((pattern) => pattern.test(type))) return undefined;
  return 'Files of this type are not accepted.';
}
