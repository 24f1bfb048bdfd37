import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process of this folder's that says one line when it is ready. */
export interface Child {
  pid: number;
  /** What it said. */
  said: string;
  stop(): Promise<void>;
}

const running = new Set<number>();
process.once('exit', () => {
  for (const pid of running) process.kill(pid, 'SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Ends a process with this one, however that ends, unless it ends before. */
function endWithThis(child: Pick<ChildProcess, 'pid' | 'once'>): void {
  const { pid } = child;
  if (pid === undefined) return;
  running.add(pid);
  child.once('exit', () => running.delete(pid));
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
  endWithThis(child);
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
