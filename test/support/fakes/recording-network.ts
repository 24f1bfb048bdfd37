import { Duplex } from 'node:stream';

import type { Endpoint, Network } from '../../../src/outgoing/network.ts';

/** A network that records look-ups and connections. */
export interface RecordingNetwork extends Network {
  lookups: string[];
  dialled: Endpoint[];
}

/**
 * Creates a network that records what is asked of it.
 *
 * @param answers the results of look-ups, one after the other; the last one is repeated. An error rejects.
 * @param connect makes the socket; default: every connection is refused
 */
export function createRecordingNetwork(
  answers: readonly (readonly string[] | Error)[],
  connect: Network['connect'] = refuseConnection,
): RecordingNetwork {
  const lookups: string[] = [];
  const dialled: Endpoint[] = [];
  return {
    lookups,
    dialled,
    async resolve(host) {
      const answer = answers[Math.min(lookups.push(host), answers.length) - 1] ?? [];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    connect(endpoint) {
      dialled.push(endpoint);
      return connect(endpoint);
    },
  };
}

/** Makes a socket that fails as if nothing listened at the address. */
export function refuseConnection(): Duplex {
  return new Duplex().destroy(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
}
