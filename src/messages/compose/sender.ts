import { isShortCode, parsePhoneNumber } from '../../phone-numbers/index.ts';
import { countSeptets } from './sms-parts.ts';

/** The kinds of senders of an SMS: a name, three to six digits, or a phone number. */
export type SenderKind = 'alphanumeric' | 'shortCode' | 'longCode';

/** A sender that was read. */
export type ParsedSender = {
  kind: SenderKind;
  /** A name as written, a short code's digits, or a phone number's digits in international form without `+`. */
  sender: string;
};

// The sender's field holds ten octets, which is eleven septets (3GPP TS 23.040, 9.1.2.5).
const maximumNameSeptets = 11;

/**
 * Reads a message's sender: three to six digits are a short code, a valid phone number is a long code, and a text of at
 * most eleven septets of GSM 03.38 with at least one letter and no line break is a name. Carriers may allow less: many
 * take only A to Z, digits and a few signs. Blanks at the ends are dropped.
 *
 * @param regions whose national numbers a long code may be written as, in order; default: Finland. A number that is
 *   possible there but not valid is refused: nobody may receive messages from a guessed number.
 * @returns undefined if the text can't be a sender
 */
export function parseSender(text: string, regions: readonly string[] = []): ParsedSender | undefined {
  const sender = text.trim().normalize('NFC');
  if (isShortCode(sender)) return { kind: 'shortCode', sender };

  const phoneNumber = parsePhoneNumber(sender, regions);
  if (phoneNumber !== undefined && phoneNumber.guessed === undefined) {
    return { kind: 'longCode', sender: phoneNumber.number };
  }

  const septets = countSeptets(sender);
  const fits = septets !== undefined && septets <= maximumNameSeptets;
  return fits && /\p{L}/u.test(sender) && !/[\n\r\f]/.test(sender) ? { kind: 'alphanumeric', sender } : undefined;
}

/**
 * Tells whether a service may send as this sender. Names are compared without regard to letter case, phone numbers in
 * international form, so that the list may hold `+358 20 743 4242` as well as `358207434242`.
 *
 * @param allowed the service's senders, as an operator wrote them; an entry that is not a sender matches nothing
 * @param regions as for {@link parseSender}, for the national numbers in the list
 */
export function senderAllowed(
  parsed: ParsedSender,
  allowed: readonly string[],
  regions: readonly string[] = [],
): boolean {
  const wanted = parsed.sender.toLowerCase();
  return allowed.some((entry) => {
    const candidate = parseSender(entry, regions);
    return candidate?.kind === parsed.kind && candidate.sender.toLowerCase() === wanted;
  });
}
