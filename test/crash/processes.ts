import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that the run started. */
export interface Running {
  /** What it said of itself when it was ready. */
  ready: Promise<string>;
  /** How it ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends it there and then. */
  kill(): void;
}

/**
 * Starts a TypeScript file under Node, which says `ready …` when it is (or whatever `ready` finds in a line).
 *
 * @param options.onLine gets every other line that it prints
 */
export function startProcess(
  file: string,
  {
    environment,
    ready = /^ready (\S+)$/,
    onLine = () => {},
  }: { environment: NodeJS.ProcessEnv; ready?: RegExp; onLine?: (line: string) => void },
): Running {
  const child = spawn(process.execPath, [file], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  // Whatever ends this process, nothing may be left of it.
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const started = Promise.withResolvers<string>();
  const take = (line: string): void => {
    const said = ready.exec(line)?.[1];
    if (said === undefined) onLine(line);
    else started.resolve(said);
  };
  createInterface(child.stdout).on('line', take);
  createInterface(child.stderr).on('line', take);
  const ended = once(child, 'exit').then(([code, signal]) => {
    process.off('exit', end);
    started.reject(new Error(`${file} ended before it was ready (${String(signal ?? code)}).`));
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  // Whoever doesn't wait for a process to be ready learns from its end what happened.
  started.promise.catch(() => {});
  return { ready: started.promise, ended, kill: end };
}
