import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that the run started. */
export interface Running {
  /** Resolves to the address or text that the process printed when it was ready. */
  ready: Promise<string>;
  /** Resolves to the way in which the process ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Kills the process at once. */
  kill(): void;
}

/**
 * Starts a TypeScript file under Node. The process is ready when it prints `ready …`, or a line that matches `ready`.
 *
 * @param options.onLine gets every other line that the process prints
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
  // The child must not outlive this process.
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const started = Promise.withResolvers<string>();
  const take = (line: string): void => {
    const captured = ready.exec(line)?.[1];
    if (captured === undefined) onLine(line);
    else started.resolve(captured);
  };
  createInterface(child.stdout).on('line', take);
  createInterface(child.stderr).on('line', take);
  const ended = once(child, 'exit').then(([code, signal]) => {
    process.off('exit', end);
    started.reject(new Error(`${file} ended before it was ready (${String(signal ?? code)}).`));
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  // Callers that don't wait for `ready` learn of a failure by `ended`.
  started.promise.catch(() => {});
  return { ready: started.promise, ended, kill: end };
}
