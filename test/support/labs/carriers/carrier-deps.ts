import type { CarrierDeps } from '../../../../src/carriers/carrier.ts';

const unused = (): Promise<never> => Promise.reject(new Error('this carrier has no use for it'));

/** The default deps of a carrier: an app without an identity, and real HTTP. */
export function carrierDeps(details: Partial<CarrierDeps> = {}): CarrierDeps {
  return {
    webhookUrl: 'https://app.example/api/webhooks/carrier',
    fetch,
    timeoutMs: 10_000,
    now: () => new Date(),
    getToken: unused,
    isEntraToken: async () => false,
    fetchPublic: unused,
    ...details,
  };
}
