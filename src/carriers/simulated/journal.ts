import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Keeps what happened over restarts. */
export interface Journal<Entry> {
  /** Everything that was kept before, oldest first. */
  readonly entries: readonly Entry[];
  /** Resolves when the entries are with the operating system: they survive the process, not a power cut. */
  append(entries: readonly Entry[]): Promise<void>;
  close(): Promise<void>;
}

/** A journal that keeps nothing. */
export function createVoidJournal<Entry>(): Journal<Entry> {
  return { entries: [], append: () => Promise.resolve(), close: () => Promise.resolve() };
}

/** A line counts only with its line end: what a dying process left half-written was never confirmed to anyone. */
async function readWholeLines(file: string): Promise<string> {
  const content = await readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (content === undefined) return '';
  const wholeLength = content.lastIndexOf('\n') + 1;
  // Cut away rather than skipped, since the next line would otherwise be glued to the torn one.
  if (wholeLength < content.length) await truncate(file, wholeLength);
  return content.toString('utf8', 0, wholeLength);
}

/**
 * Opens an append-only file with one JSON value a line; creates it and its folder where they are missing.
 * Throws where a whole line is not JSON, with the line's number: then the file is not one of ours.
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
      // One failed write is its caller's to hear of; those behind it still get their turn.
      last = written.catch(() => undefined);
      return written;
    },
    async close() {
      await last;
      await handle.close();
    },
  };
}
