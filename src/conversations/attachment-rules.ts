/*
 * What phones may send us, since whoever fetches it gets it from our address: pictures, sound, film and documents, but
 * nothing that a browser would run. SVG is left out of the pictures because it may hold scripts.
 */
const allowed: readonly RegExp[] = [
  /^(?:image|audio|video)\/[\w.+-]+$/,
  /^text\/(?:plain|csv|calendar|vcard|x-vcard)$/,
  /^application\/(?:pdf|msword|rtf|zip|json|ogg|vnd\.ms-(?:excel|powerpoint)|vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\.[\w.+-]+)$/,
];

const refused: ReadonlySet<string> = new Set(['image/svg+xml']);

/** Why an attachment of a type is not kept; undefined where it is. */
export function attachmentRefusal(mimeType: string): string | undefined {
  const [bare = ''] = mimeType.toLowerCase().split(';', 1);
  const type = bare.trim();
  if (!refused.has(type) && allowed.some((pattern) => pattern.test(type))) return undefined;
  return 'Files of this type are not accepted.';
}
