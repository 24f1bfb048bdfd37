import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey, JWK } from 'jose';

/** An issuer's key pair: a private key to sign with, and a public one to publish. */
export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

/** Makes a key pair for an algorithm, with an id. */
export async function createSigningKey(kid: string, alg: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** A server on the loopback interface that publishes keys as an issuer does. */
export interface KeyServer {
  url: string;
  /** The number of requests. */
  requests: () => number;
  /** The answer to later requests. */
  answerWith: (answer: (response: ServerResponse) => void) => void;
  stop: () => Promise<void>;
}

/** Makes the answer of a working issuer. */
export function publishing(...keys: readonly JWK[]): (response: ServerResponse) => void {
  return (response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ keys }));
  };
}

/** Starts a key server on a free port. */
export async function startKeyServer(first: (response: ServerResponse) => void): Promise<KeyServer> {
  let answer = first;
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    answer(response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    requests: () => requests,
    answerWith(next) {
      answer = next;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
