import { createHmac } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { Carrier, CarrierDeps, WebhookRequest } from '../../../../src/carriers/carrier.ts';
import { whatsappCloud } from '../../../../src/carriers/whatsapp-cloud/index.ts';
import type { WhatsAppSettings } from '../../../../src/carriers/whatsapp-cloud/settings.ts';
import { startWhatsAppCloudApi } from '../../servers/whatsapp-cloud-api.ts';
import { carrierDeps } from './carrier-deps.ts';

/** The settings of tests, without the address. The second number is in the account of the first. */
export const cloudSettings = {
  version: 'v23.0',
  token: 'token',
  appSecret: 'app secret',
  verifyToken: 'verify token',
  numbers: [
    { number: '358401000001', phoneNumberId: '1111', accountId: '2222' },
    { number: '358401000002', phoneNumberId: '1112', accountId: '2222' },
    { number: '358401000003', phoneNumberId: '1113', accountId: '2223' },
  ],
  appId: '3333',
} as const satisfies Partial<WhatsAppSettings>;

const cloudNow = new Date('2026-11-23T10:00:00Z');

/** Creates the carrier with exactly these settings, and optionally with other deps. */
export function createCloud(settings: WhatsAppSettings, deps: Partial<CarrierDeps> = {}): Carrier {
  return whatsappCloud.create(
    settings,
    carrierDeps({
      webhookUrl: 'https://app.example/webhooks/whatsapp-cloud',
      now: () => cloudNow,
      ...deps,
    }),
  );
}

/** Creates the carrier for an address, with the settings of tests except those that are given. */
export function connectCloud(
  settings: Partial<WhatsAppSettings> & { url: string },
  deps: Partial<CarrierDeps> = {},
): Carrier {
  return createCloud({ ...cloudSettings, ...settings }, deps);
}

/** Starts a fake Graph API that stops with the test; nobody listens at its webhook address. */
export async function startCloud({ pageSize }: { pageSize?: number } = {}) {
  const network = await startWhatsAppCloudApi({
    ...cloudSettings,
    number: cloudSettings.numbers[0],
    webhookUrl: 'http://127.0.0.1:9/',
    ...(pageSize === undefined ? {} : { pageSize }),
  });
  onTestFinished(() => network.stop());
  return network;
}

/** Makes a webhook call with this body and Meta's signature. */
export function signedCall(body: string | Uint8Array, secret: string = cloudSettings.appSecret): WebhookRequest {
  const digest = createHmac('sha256', secret).update(body).digest('hex');
  const headers = new Map([['x-hub-signature-256', `sha256=${digest}`]]);
  return { method: 'POST', query: '', headers, body: Buffer.from(body as Uint8Array) };
}
