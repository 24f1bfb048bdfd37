import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process of this folder's that says one line when it is ready. */
export interface Child {
  pid: number;
  /** What it said. */
  said: string;
  stop(): Promise<void>;
}

/** Runs a file with the Node that runs this; rejects where it ends without a word. */
export async function startChild(
  file: string,
  {
    args = [],
    nodeOptions = [],
    environment = {},
  }: { args?: readonly string[]; nodeOptions?: readonly string[]; environment?: Readonly<Record<string, string>> } = {},
): Promise<Child> {
  const child = spawn(process.execPath, [...nodeOptions, file, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const said = await Promise.race([once(lines, 'line') as Promise<[string]>, ended.then(() => undefined)]);
  if (said === undefined || child.pid === undefined) throw new Error(`${file} ended before it was ready`);
  return {
    pid: child.pid,
    said: said[0],
    async stop() {
      // None of them has anything to finish, and Azurite takes seconds over a signal that it may handle.
      child.kill('SIGKILL');
      await ended;
    },
  };
}
