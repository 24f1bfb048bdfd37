import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Starts a server that handles every call in the same way, and stops with the test. */
export async function startFaultyNetwork(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Finds an address of this machine where nobody listens. */
export async function addressOfNobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** Makes a handler that reads each call and gives this answer. */
export const answering =
  (status: number, body: string, contentType = 'application/json'): RequestListener =>
  (request, response) => {
    request.resume().once('end', () => response.writeHead(status, { 'content-type': contentType }).end(body));
  };
