import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey, JWK } from 'jose';

/** A pair of keys as an issuer holds it: one to sign with, one to publish. */
export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

/** Makes a key for an algorithm, under an id. */
export async function createSigningKey(kid: string, alg: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Publishes keys over HTTP on the loopback, as an issuer does. */
export interface KeyServer {
  url: string;
  /** How often it was asked. */
  requests: () => number;
  /** What it answers from now on. */
  answerWith: (answer: (response: ServerResponse) => void) => void;
  stop: () => Promise<void>;
}

/** The answer of an issuer that is well. */
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
