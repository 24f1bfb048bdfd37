/** The alphabet that an SMS goes out in: 7-bit GSM 03.38, or UCS-2 as soon as one character is outside it. */
type SmsEncoding = 'GSM-7' | 'UCS-2';

/** One SMS text, cut into what the phones receive. */
export type SmsParts = {
  encoding: SmsEncoding;
  /** Septets (GSM-7, a character of the extension table is two) or UTF-16 code units (UCS-2), headers left out. */
  units: number;
  parts: string[];
};

/**
 * The maximum number of parts of one SMS: the concatenation header counts them in one octet (3GPP TS 23.040,
 * 9.2.3.24.1). Neither {@link splitSms} nor {@link countSmsParts} refuses more; the caller does, because it can tell
 * the sender.
 */
export const maximumParts = 255;

// 140 octets a part, less the six of the concatenation header when there is more than one part.
const limits = {
  'GSM-7': { single: 160, concatenated: 153 },
  'UCS-2': { single: 70, concatenated: 67 },
} as const;

// 3GPP TS 23.038, 6.2.1: the default alphabet without the escape code (0x1B), which is not a character.
const basicCharacters =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

// 3GPP TS 23.038, 6.2.1.1: reached through the escape code. National language tables stay out: carriers seldom pass
// the header that announces them.
const extensionCharacters = '\f^{}\\[~]|€';

const septetsByCode = new Uint8Array(0x10000);
for (const character of basicCharacters) septetsByCode[character.charCodeAt(0)] = 1;
for (const character of extensionCharacters) septetsByCode[character.charCodeAt(0)] = 2;

/** Returns the septets of the UTF-16 code unit at `index`; 0 if GSM 03.38 does not have it. */
function septetsAt(text: string, index: number): number {
  return septetsByCode[text.charCodeAt(index)] ?? 0;
}

/**
 * Counts the septets of a text in GSM 03.38 with its extension table: the room that it takes in an SMS or a sender
 * name.
 *
 * @returns the septets, 0 for the empty text; undefined if a character is outside the alphabet
 */
export function countSeptets(text: string): number | undefined {
  let septets = 0;
  for (let index = 0; index < text.length; index += 1) {
    const width = septetsAt(text, index);
    if (width === 0) return undefined;
    septets += width;
  }
  return septets;
}

/**
 * Returns where the part of a concatenated GSM text that begins at `start` ends. An escape and its character stay
 * together.
 */
function gsmPartEnd(text: string, start: number): number {
  let room: number = limits['GSM-7'].concatenated;
  let end = start;
  while (end < text.length) {
    room -= septetsAt(text, end);
    if (room < 0) break;
    end += 1;
  }
  return end;
}

/** Returns where the part of a concatenated UCS-2 text that begins at `start` ends. A surrogate pair stays together. */
function ucs2PartEnd(text: string, start: number): number {
  const end = start + limits['UCS-2'].concatenated;
  if (end >= text.length) return text.length;
  const next = text.charCodeAt(end);
  const isLowSurrogate = next >= 0xdc00 && next <= 0xdfff;
  return isLowSurrogate ? end - 1 : end;
}

/**
 * Puts a text into the form that is counted, stored and sent. Apply it to the finished text, after personalization:
 * a value can begin with a combining mark that joins the character before it.
 *
 * Unicode NFC, so that `e` with a combining accent is the one character `é`, which GSM has, instead of two in UCS-2
 * that double the price. A lone surrogate becomes U+FFFD here, as it would in the UTF-8 of any request to a carrier,
 * so that what is counted is what is sent.
 */
export function normaliseText(text: string): string {
  return text.toWellFormed().normalize('NFC');
}

/**
 * Counts the parts of an SMS without building them: as many as {@link splitSms} returns.
 *
 * @param text as {@link normaliseText} returns it.
 * @returns at least 1: to the standard an SMS without text is still one SMS. Can exceed {@link maximumParts}.
 */
export function countSmsParts(text: string): number {
  const septets = countSeptets(text);
  if (septets === undefined) {
    if (text.length <= limits['UCS-2'].single) return 1;
  } else {
    if (septets <= limits['GSM-7'].single) return 1;
    // No character has two septets, so every part is full.
    if (septets === text.length) return Math.ceil(septets / limits['GSM-7'].concatenated);
  }
  const partEnd = septets === undefined ? ucs2PartEnd : gsmPartEnd;
  let parts = 0;
  for (let start = 0; start < text.length; start = partEnd(text, start)) parts += 1;
  return parts;
}

/**
 * Cuts an SMS into its parts, by 3GPP TS 23.038 and 23.040: 160 septets or 70 UTF-16 units in a single part, 153 or 67
 * in each of several. Neither an escape pair nor a surrogate pair is divided between two parts, so several parts can
 * be one short of full. Accents, emoji sequences and flags of several code points may be divided: the phone joins
 * the parts before it shows them.
 *
 * @param text as {@link normaliseText} returns it; the parts joined give it back.
 * @returns at least one part, `['']` for the empty text. Can be more than {@link maximumParts}.
 */
export function splitSms(text: string): SmsParts {
  const septets = countSeptets(text);
  const encoding = septets === undefined ? 'UCS-2' : 'GSM-7';
  const units = septets ?? text.length;
  if (units <= limits[encoding].single) return { encoding, units, parts: [text] };

  const partEnd = septets === undefined ? ucs2PartEnd : gsmPartEnd;
  const parts: string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = partEnd(text, start);
    parts.push(text.slice(start, end));
    start = end;
  }
  return { encoding, units, parts };
}
