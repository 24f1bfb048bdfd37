import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process of a file in this folder, which prints one line when it is ready. */
export interface Child {
  pid: number;
  /** The line that it printed. */
  output: string;
  stop(): Promise<void>;
}

const running = new Set<number>();
process.once('exit', () => {
  for (const pid of running) process.kill(pid, 'SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Ends a child when this process ends, in whatever way. */
function endWithThis(child: Pick<ChildProcess, 'pid' | 'once'>): void {
  const { pid } = child;
  if (pid === undefined) return;
  running.add(pid);
  child.once('exit', () => running.delete(pid));
}

/** Runs a file with this process's Node. Rejects if the process ends before it prints a line. */
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
  const output = await Promise.race([once(lines, 'line') as Promise<[string]>, ended.then(() => undefined)]);
  if (output === undefined || child.pid === undefined) throw new Error(`${file} ended before it was ready`);
  return {
    pid: child.pid,
    output: output[0],
    async stop() {
      // None of them has work to finish, and Azurite takes seconds to handle a softer signal.
      child.kill('SIGKILL');
      await ended;
    },
  };
}
