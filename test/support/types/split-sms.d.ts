declare module 'split-sms' {
  /** `bytes` is septets where the set is GSM, octets where it is Unicode. */
  export function split(message: string): {
    characterSet: 'GSM' | 'Unicode';
    parts: { content: string; length: number; bytes: number }[];
    bytes: number;
    length: number;
  };
}
