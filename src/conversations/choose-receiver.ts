import { firstWord, foldKeyword } from '../directory/index.ts';
import type { Receiver } from '../directory/index.ts';

/** The service that receives a message, and the keyword that selected it. */
export interface ChosenReceiver {
  receiver: Receiver;
  /** In the directory's spelling; absent if the service has no keywords. */
  keyword?: string;
}

/**
 * Chooses among the services that receive on an address: the one with the message's first word as a keyword, otherwise
 * the one without keywords. Returns undefined if neither exists.
 */
export function chooseReceiver(receivers: readonly Receiver[], content: string): ChosenReceiver | undefined {
  const word = firstWord(content);
  for (const receiver of word === '' ? [] : receivers) {
    const keyword = receiver.service.receivesOn?.keywords.find((candidate) => foldKeyword(candidate) === word);
    if (keyword !== undefined) return { receiver, keyword };
  }
  const catchAll = receivers.find(({ service }) => service.receivesOn?.keywords.length === 0);
  return catchAll && { receiver: catchAll };
}
