import { azureCommunication } from '../../../../src/carriers/azure-communication/index.ts';
import type { AzureCommunicationSettings } from '../../../../src/carriers/azure-communication/settings.ts';
import type { Carrier, CarrierDeps, WebhookRequest } from '../../../../src/carriers/carrier.ts';
import { createSettingsReader } from '../../../../src/settings/create-settings-reader.ts';
import { carrierDeps } from './carrier-deps.ts';

export const accessKey = Buffer.from('the key of the resource').toString('base64');
export const webhookSecret = 'secret-of-the-webhook';
export const whatsAppNumber = '358401000001';
export const channel = '0f0eb78e-a576-4dfc-b414-0f0756de3338';

/** Reads the adapter's settings from an environment; returns them and their problems. */
export function settingsFrom(environment: Readonly<Record<string, string>>): {
  settings: AzureCommunicationSettings;
  problems: string[];
} {
  const problems: string[] = [];
  return { settings: azureCommunication.readSettings(createSettingsReader(environment, problems)), problems };
}

const defaultSettings = {
  channels: new Map([[whatsAppNumber, channel]]),
  webhook: { secret: webhookSecret },
};

/** Creates the adapter. Default: with a key, a secret and a WhatsApp number. */
export function createCarrier(
  endpoint: string,
  { settings = {}, deps = {} }: { settings?: Partial<AzureCommunicationSettings>; deps?: Partial<CarrierDeps> } = {},
): Carrier {
  const all = { endpoint, accessKey, ...defaultSettings, ...settings };
  return azureCommunication.create(all, carrierDeps(deps));
}

/** Creates the adapter without a key, so that its calls carry tokens. */
export function createKeylessCarrier(endpoint: string, deps: Partial<CarrierDeps>): Carrier {
  return azureCommunication.create({ endpoint, ...defaultSettings }, carrierDeps(deps));
}

/** Makes a call with events as JSON and with the secret. */
export function callWith(events: unknown, details: Partial<WebhookRequest> = {}): WebhookRequest {
  const body = Buffer.from(typeof events === 'string' ? events : JSON.stringify(events));
  return { method: 'POST', query: `?secret=${webhookSecret}`, headers: new Map(), body, ...details };
}
