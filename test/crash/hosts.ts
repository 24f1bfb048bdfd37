import { join } from 'node:path';

import { startProcess } from './processes.ts';
import type { Running } from './processes.ts';

/** A host that ended, in whatever way. */
export interface EndedHost {
  /** The failpoint at which it was to end itself, with the hit, as in FAILPOINT. */
  armed: string | undefined;
  /** Whether the run ended it. */
  killed: boolean;
  /** Whether it had begun to take requests. */
  wasReady: boolean;
  signal: NodeJS.Signals | null;
  code: number | null;
  /** The last lines that it printed. */
  lastWords: readonly string[];
}

/** A host that runs. */
export interface LiveHost {
  armed: string | undefined;
  /** Since when it takes requests, Unix time in milliseconds. */
  readySince(): number | undefined;
  kill(): void;
}

/** Hosts, each of which is started again as soon as it has ended. */
export interface Hosts {
  live(): readonly LiveHost[];
  /** Where those listen that are ready. */
  readyPorts(): readonly number[];
  /** Ends them all, and starts none again. */
  stop(): Promise<void>;
}

/**
 * Starts one host for each port.
 *
 * @param options.nextArm what FAILPOINT is to be for the next start; undefined for nothing
 * @param options.onEnd told of each end, before the next start
 * @param options.onLine gets the warnings and errors that hosts print
 */
export function startHosts({
  ports,
  settings,
  nextArm,
  onEnd,
  onLine,
}: {
  ports: readonly number[];
  settings: Readonly<Record<string, string>>;
  nextArm: () => string | undefined;
  onEnd: (host: EndedHost) => void;
  onLine: (line: string) => void;
}): Hosts {
  const stopping = new AbortController();
  const hosts = new Map<number, LiveHost>();

  const run = async (port: number): Promise<void> => {
    while (!stopping.signal.aborted) {
      const armed = nextArm();
      const lastWords: string[] = [];
      const state: { readySince?: number; killed: boolean } = { killed: false };
      const running: Running = startProcess(join(import.meta.dirname, 'host.ts'), {
        environment: { ...bareEnvironment(), ...settings, PORT: String(port), ...(armed && { FAILPOINT: armed }) },
        onLine: (line) => {
          lastWords.push(line);
          if (lastWords.length > 20) lastWords.shift();
          onLine(line);
        },
      });
      void running.ready.then(
        () => (state.readySince = Date.now()),
        () => {},
      );
      hosts.set(port, {
        armed,
        readySince: () => state.readySince,
        kill() {
          state.killed = true;
          running.kill();
        },
      });
      const { code, signal } = await running.ended;
      hosts.delete(port);
      if (!stopping.signal.aborted)
        onEnd({ armed, killed: state.killed, wasReady: state.readySince !== undefined, signal, code, lastWords });
    }
  };

  const runs = ports.map((port) => run(port));
  return {
    live: () => [...hosts.values()],
    readyPorts: () => [...hosts].filter(([, host]) => host.readySince() !== undefined).map(([port]) => port),
    async stop() {
      stopping.abort();
      for (const host of hosts.values()) host.kill();
      await Promise.all(runs);
    },
  };
}

/** Nothing of this process's settings may reach a host. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR };
}
