import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const loopback = '127.0.0.1';

/** Below the ephemeral ports (Linux: from 32,768), so that no outgoing connection takes the port in the meantime. */
const range = { from: 20_000, below: 32_000 } as const;

const attempts = 50;

/** Tells whether a port of the loopback interface is free. Rejects if listening fails for any other reason. */
export async function isPortFree(port: number): Promise<boolean> {
  const probe = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  probe.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') resolve(false);
    else reject(error);
  });
  probe.listen(port, loopback, () => resolve(true));
  const isFree = await promise;
  if (isFree) await new Promise((closed) => probe.close(closed));
  return isFree;
}

/** Finds a free port of the loopback interface, for a server that must know its address before it starts. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(range.from, range.below);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`No free port found: tried ${attempts} from ${range.from} to ${range.below - 1}.`);
}
