import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Keeps entries over restarts. */
export interface Journal<Entry> {
  /** The entries that the journal contained when it was opened, oldest first. */
  readonly entries: readonly Entry[];
  /** Resolves when the operating system has the entries: they survive the end of the process, but not a power cut. */
  append(entries: readonly Entry[]): Promise<void>;
  close(): Promise<void>;
}

/** A journal that keeps nothing. */
export function createVoidJournal<Entry>(): Journal<Entry> {
  return { entries: [], append: () => Promise.resolve(), close: () => Promise.resolve() };
}

/** Reads the lines that end in a line break. A torn last line was written by a dying process, and never confirmed. */
async function readWholeLines(file: string): Promise<string> {
  const content = await readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (content === undefined) return '';
  const wholeLength = content.lastIndexOf('\n') + 1;
  // The torn line is cut off and not only skipped, since the next line would be appended to it.
  if (wholeLength < content.length) await truncate(file, wholeLength);
  return content.toString('utf8', 0, wholeLength);
}

/**
 * Opens an append-only file with one JSON value a line; creates the file and its folder if they are missing. Rejects
 * with the line's number if a whole line is not JSON: then the file is not a journal.
 */
export async function openJournal<Entry>(file: string): Promise<Journal<Entry>> {
  await mkdir(dirname(file), { recursive: true });
  const lines = (await readWholeLines(file)).split('\n').slice(0, -1);
  const entries = lines.map((line, index): Entry => {
    try {
      return JSON.parse(line) as Entry;
    } catch (cause) {
      throw new Error(`${file}, line ${index + 1}, is not JSON; remove the file to start afresh`, { cause });
    }
  });

  const handle = await open(file, 'a');
  let last: Promise<unknown> = Promise.resolve();
  return {
    entries,
    append(added) {
      const text = added.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      const written = last.then(() => handle.appendFile(text));
      // Only the caller of a failed write learns of it; later writes are still tried.
      last = written.catch(() => undefined);
      return written;
    },
    async close() {
      await last;
      await handle.close();
    },
  };
}
