import { firstWord, foldKeyword } from '../directory/index.ts';
import type { Receiver } from '../directory/index.ts';

/** The service that a message belongs to, and the keyword that says so. */
export interface ChosenReceiver {
  receiver: Receiver;
  /** As the directory writes it. */
  keyword?: string;
}

/**
 * Chooses among the services that receive on an address: the one with a keyword that is the message's first word, else
 * the one without keywords; undefined where no service wants the message.
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
