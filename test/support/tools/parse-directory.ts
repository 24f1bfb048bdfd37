import { readDocument } from '../../../src/directory/index.ts';
import type { DirectoryDocument } from '../../../src/directory/index.ts';
import { parseSender } from '../../../src/messages/index.ts';

/**
 * Reads a directory from JSON as `readDocument` does, with the rules of messages for senders.
 *
 * @throws Error with a list of all problems, each with its place
 */
export function parseDirectory(text: string): DirectoryDocument {
  const { document, problems } = readDocument(
    parseJson(text),
    (sender, region) => parseSender(sender, [region]) !== undefined,
  );
  if (problems.length > 0)
    throw new Error(`The directory can't be used:\n${problems.map((problem) => `- ${problem.text}`).join('\n')}`);
  return document;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The directory can't be used:\n- it is not valid JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
