import { Duplex } from 'node:stream';

import type { Endpoint, Network } from '../../../src/outgoing/network.ts';

/** A network that writes down what it is asked for. */
export interface RecordingNetwork extends Network {
  lookups: string[];
  dialled: Endpoint[];
}

/**
 * Makes one.
 *
 * @param answers what each look-up gives, one after the other; the last again and again. An error rejects.
 * @param connect makes the socket; by default every connection is refused.
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

/** A socket that fails as where nothing listens. */
export function refuseConnection(): Duplex {
  return new Duplex().destroy(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
}
