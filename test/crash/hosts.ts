import { join } from 'node:path';

import { startProcess } from './processes.ts';
import type { Running } from './processes.ts';

/** A host that has ended. */
export interface EndedHost {
  /** The failpoint and hit that the host was armed with, as in FAILPOINT. */
  armed: string | undefined;
  /** Whether the run killed the host. */
  killed: boolean;
  /** Whether the host had begun to accept requests. */
  wasReady: boolean;
  signal: NodeJS.Signals | null;
  code: number | null;
  /** The last lines that the host printed. */
  lastWords: readonly string[];
}

/** A running host. */
export interface LiveHost {
  armed: string | undefined;
  /** When the host began to accept requests, as Unix time in milliseconds. */
  readySince(): number | undefined;
  kill(): void;
}

/** A set of hosts. Each host is restarted as soon as it ends. */
export interface Hosts {
  live(): readonly LiveHost[];
  /** Returns the ports of the hosts that accept requests. */
  readyPorts(): readonly number[];
  /** Kills all hosts and restarts none. */
  stop(): Promise<void>;
}

/**
 * Starts one host for each port.
 *
 * @param options.nextArm returns FAILPOINT for the next start; undefined for none
 * @param options.onEnd called when a host has ended, before the next start
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

/** Returns an environment without this process's settings, which must not reach a host. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR };
}
