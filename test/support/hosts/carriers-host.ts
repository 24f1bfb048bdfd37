import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SignJWT } from 'jose';

import { findFreePort } from '../../../src/local/free-port.ts';
import { startAzureCommunicationApi } from '../servers/azure-communication-api.ts';
import { accessKey, channel } from '../labs/carriers/azure-communication.ts';
import { startCountedHost } from './counted-host.ts';
import { startFlowServer } from '../servers/flow-server.ts';
import { createSigningKey, publishing, startKeyServer } from '../servers/key-server.ts';
import { startTwilioApi } from '../servers/twilio-api.ts';
import { startTwilioEmulator } from './twilio-emulator.ts';
import { startWhatsAppCloudApi } from '../servers/whatsapp-cloud-api.ts';

/** The secrets that we share with carriers. Each is unique, so that a test can tell where one came from. */
export const carrierSecrets = {
  accountSid: `AC${'1'.repeat(32)}`,
  authToken: 'token-of-the-twilio-account',
  cloudToken: 'token-of-the-graph-api',
  appSecret: 'secret-of-the-meta-app',
  verifyToken: 'word-for-the-meta-handshake',
  gridSecret: 'secret-of-the-event-subscription',
} satisfies Record<string, string>;

/** Our numbers, by the carrier that has them. */
export const ours = {
  twilioSms: '358401000010',
  twilioWhatsApp: '358401000003',
  azureSms: '358401000020',
  azureWhatsApp: '358401000002',
  cloudWhatsApp: '358401000001',
} as const;

export const cloudNumber = { number: ours.cloudWhatsApp, phoneNumberId: '1111', accountId: '2222' } as const;

const twoWay = (id: string, protocol: 'SMS' | 'WhatsApp', address: string, carrier: string): object => ({
  id,
  name: id,
  type: 'TwoWay',
  senders: [],
  allowsReplies: true,
  receivesOn: { protocol, address },
  carriers: [carrier],
});

const oneWay = (id: string, sender: string, carriers: readonly string[]): object => ({
  id,
  name: id,
  type: 'OneWay',
  senders: [sender],
  allowsReplies: false,
  carriers,
});

const directory = {
  customers: [
    {
      id: 'demo',
      name: 'Demo customer',
      region: 'FI',
      timeZone: 'Europe/Helsinki',
      services: [
        oneWay('send-twilio', ours.twilioSms, ['twilio']),
        oneWay('send-azure', 'Azure', ['azure-communication']),
        oneWay('send-templates', ours.twilioSms, ['whatsapp-cloud', 'twilio', 'azure-communication']),
        oneWay('send-somehow', ours.twilioSms, ['kannel', 'twilio']),
        twoWay('twilio-sms', 'SMS', ours.twilioSms, 'twilio'),
        twoWay('twilio-whatsapp', 'WhatsApp', ours.twilioWhatsApp, 'twilio'),
        twoWay('azure-sms', 'SMS', ours.azureSms, 'azure-communication'),
        twoWay('azure-whatsapp', 'WhatsApp', ours.azureWhatsApp, 'azure-communication'),
        twoWay('cloud-whatsapp', 'WhatsApp', ours.cloudWhatsApp, 'whatsapp-cloud'),
      ],
      whatsappIdentities: [ours.cloudWhatsApp, ours.azureWhatsApp],
    },
  ],
  users: [{ id: 'demo-user', name: 'Demo user', customerIds: ['demo'] }],
};

/** Writes a directory file with the services that use these carriers. */
async function writeDirectory() {
  const folder = await mkdtemp(join(tmpdir(), 'carriers-host-'));
  const file = join(folder, 'directory.json');
  await writeFile(file, JSON.stringify(directory));
  return { file, remove: () => rm(folder, { recursive: true }) };
}

/** Starts a local host with three real carriers at once, each with a network of its own, and flows beside it. */
export async function startCarriersHost() {
  const { accountSid, authToken, cloudToken, appSecret, verifyToken, gridSecret } = carrierSecrets;
  const port = await findFreePort();
  const webhooks = `http://127.0.0.1:${port}/api-integrations/v1/webhooks`;
  const twilio = await startTwilioEmulator({
    accountSid,
    authToken,
    numbers: [`+${ours.twilioSms}`, `whatsapp:+${ours.twilioWhatsApp}`],
    inboundUrl: `${webhooks}/twilio`,
  });
  const cloud = await startWhatsAppCloudApi({
    token: cloudToken,
    appSecret,
    number: cloudNumber,
    appId: '3333',
    webhookUrl: `${webhooks}/whatsapp-cloud`,
  });
  const azure = await startAzureCommunicationApi({
    accessKey,
    webhookUrl: `${webhooks}/azure-communication?secret=${gridSecret}`,
    form: (type) => (type.includes('.SMS') ? 'eventGrid' : 'cloudEvents'),
  });
  const { file, remove } = await writeDirectory();
  const local = await startCountedHost({
    args: ['--memory', '--port', String(port), '--carrier', 'twilio,whatsapp-cloud,azure-communication'],
    environment: {
      DIRECTORY_FILE: file,
      TWILIO_URL: twilio.url,
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_WHATSAPP_NUMBERS: ours.twilioWhatsApp,
      WHATSAPP_CLOUD_URL: cloud.url,
      WHATSAPP_CLOUD_TOKEN: cloudToken,
      WHATSAPP_CLOUD_APP_SECRET: appSecret,
      WHATSAPP_CLOUD_VERIFY_TOKEN: verifyToken,
      WHATSAPP_CLOUD_NUMBERS: `${ours.cloudWhatsApp}=${cloudNumber.phoneNumberId}/${cloudNumber.accountId}`,
      ACS_CONNECTION_STRING: `endpoint=${azure.url};accesskey=${accessKey}`,
      ACS_CHANNELS: `${ours.azureWhatsApp}=${channel}`,
      ACS_WEBHOOK_SECRET: gridSecret,
    },
  });
  const flows = await startFlowServer();
  return {
    ...local,
    webhooks,
    twilio,
    cloud,
    azure,
    flows,
    async stop(): Promise<void> {
      await flows.stop();
      await local.stop();
      await Promise.all([twilio.stop(), cloud.stop(), azure.stop()]);
      await remove();
    },
  };
}

export type CarriersHost = Awaited<ReturnType<typeof startCarriersHost>>;

const entra = { tenant: '5d1a0000-0000-4000-8000-00000000000a', audience: 'api://events' };

/**
 * Starts a local host with three carriers: Kannel at an address where nobody listens, Twilio with the features that its
 * emulator lacks, and Azure Communication Services whose events come with tokens of Entra ID.
 */
export async function startFallbackHost() {
  const { accountSid, authToken } = carrierSecrets;
  const port = await findFreePort();
  const webhooks = `http://127.0.0.1:${port}/api-integrations/v1/webhooks`;
  const twilio = await startTwilioApi({ accountSid, authToken, inboundUrl: `${webhooks}/twilio#rc=5&rp=all` });
  const key = await createSigningKey('key-1', 'RS256');
  const keys = await startKeyServer(publishing(key.publicJwk));
  const authority = new URL(keys.url).origin;
  const { file, remove } = await writeDirectory();
  const started = await startCountedHost({
    args: ['--memory', '--port', String(port), '--carrier', 'kannel, twilio, azure-communication'],
    environment: {
      DIRECTORY_FILE: file,
      KANNEL_URL: 'http://127.0.0.1:2/cgi-bin/sendsms',
      KANNEL_USERNAME: 'user',
      KANNEL_PASSWORD: 'password',
      KANNEL_WEBHOOK_SECRET: 'secret for the reports',
      TWILIO_URL: twilio.url,
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_WHATSAPP_NUMBERS: ours.twilioWhatsApp,
      ACS_CONNECTION_STRING: `endpoint=http://127.0.0.1:9;accesskey=${accessKey}`,
      ACS_WEBHOOK_TENANT: entra.tenant,
      ACS_WEBHOOK_AUDIENCE: entra.audience,
      ENTRA_AUTHORITY: authority,
    },
  });
  const flows = await startFlowServer();
  return {
    ...started,
    webhooks,
    twilio,
    flows,
    /** Signs a token as Entra ID does for Event Grid; `claims` replace its own. */
    eventToken: (claims: Readonly<Record<string, unknown>> = {}, { privateKey, kid } = key): Promise<string> =>
      new SignJWT({
        iss: `${authority}/${entra.tenant}/v2.0`,
        aud: entra.audience,
        tid: entra.tenant,
        oid: 'event-grid',
        sub: 'event-grid',
        roles: ['AzureEventGridSecureWebhookSubscriber'],
        exp: Math.floor(Date.now() / 1000) + 3_600,
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', kid })
        .sign(privateKey),
    async stop(): Promise<void> {
      await flows.stop();
      await started.stop();
      await Promise.all([twilio.stop(), keys.stop()]);
      await remove();
    },
  };
}

export type FallbackHost = Awaited<ReturnType<typeof startFallbackHost>>;
