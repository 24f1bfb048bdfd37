import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const loopback = '127.0.0.1';

/** Below what systems give out by themselves (Linux from 32,768): else somebody's next connection may take the port. */
const range = { from: 20_000, below: 32_000 } as const;

const attempts = 50;

/** Whether nobody listens on a port of the loopback interface. Rejects where that can't be tried at all. */
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

/** A port of the loopback interface on which nobody listens, for a server that must know its address before it starts. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(range.from, range.below);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`none of ${attempts} ports from ${range.from} to ${range.below} is free`);
}
