import type { SettingsTable } from '../core/setting.ts';
import { defaultLeases } from './defaults.ts';

/**
 * Every setting of the app, apart from the carriers' own (settings.ts in a carrier's folder) and those of the local host
 * (src/local/local-settings.ts). `npm run docs` writes the table in infra/docs/settings.md from it.
 */
export const settingsTable = {
  AzureWebJobsStorage: {
    kind: 'secret',
    required: 'without AzureWebJobsStorage__accountName or the addresses of its services',
    meaning: 'The connection string of the storage account.',
  },
  AzureWebJobsStorage__accountName: {
    kind: 'text',
    meaning: 'The name of the storage account, which the app reaches with its managed identity.',
  },
  AzureWebJobsStorage__tableServiceUri: {
    kind: 'url',
    absent: "from the account's name",
    meaning: "The address of the account's tables.",
  },
  AzureWebJobsStorage__queueServiceUri: {
    kind: 'url',
    absent: "from the account's name",
    meaning: "The address of the account's queues.",
  },
  AzureWebJobsStorage__blobServiceUri: {
    kind: 'url',
    absent: "from the account's name",
    meaning: "The address of the account's blobs.",
  },
  AzureWebJobsStorage__clientId: {
    kind: 'text',
    absent: "the app's own identity",
    meaning: 'The client id of the user-assigned managed identity that reads and writes the account.',
  },
  'MESSAGE_STORAGE_…': {
    kind: 'secret',
    lastNumber: 15,
    meaning: 'A further storage account for messages, written like `AzureWebJobsStorage`, its suffixes included.',
  },
  PUBLIC_URL: {
    kind: 'url',
    required: true,
    meaning: 'The address of this app as carriers and flows reach it, base path included.',
  },
  ENTRA_TENANTS: {
    kind: 'list',
    of: 'tenant ids',
    meaning: 'The Entra ID tenants whose tokens are accepted.',
  },
  ENTRA_AUDIENCES: {
    kind: 'list',
    of: 'audiences',
    required: 'with ENTRA_TENANTS',
    meaning:
      "The API's application ID URI and client id; a token is accepted if it was issued for one of those listed.",
  },
  ENTRA_AUTHORITY: {
    kind: 'url',
    default: 'https://login.microsoftonline.com',
    meaning: 'The sign-in address of the tenants, which is another one in sovereign clouds.',
  },
  TOKEN_ISSUER: {
    kind: 'text',
    required: 'without ENTRA_TENANTS and API_KEYS_ONLY',
    meaning: 'Another issuer whose access tokens are accepted.',
  },
  TOKEN_AUDIENCE: {
    kind: 'text',
    required: 'with TOKEN_ISSUER',
    meaning: "The audience for which that issuer's tokens must be issued.",
  },
  TOKEN_JWKS_URL: {
    kind: 'url',
    required: 'with TOKEN_ISSUER',
    meaning: "The address of that issuer's signing keys.",
  },
  TOKEN_CLIENT_IDS: {
    kind: 'list',
    of: 'application ids',
    absent: 'any application',
    meaning: 'The applications whose tokens are accepted.',
  },
  API_KEYS_ONLY: {
    kind: 'flag',
    default: false,
    meaning: '`true` lets the app start without an issuer of tokens; every caller then needs an API key.',
  },
  CARRIERS: {
    kind: 'list',
    of: 'carriers',
    default: ['simulated'],
    meaning: 'The carriers that send. If a service names none, they are asked in this order.',
  },
  CARRIER_RATES: {
    kind: 'pairs',
    form: 'kannel=30, twilio=1/sender',
    maximum: 1_500,
    absent: "the carrier's own rates",
    meaning: 'How many messages a second a carrier gets, in all or from each sender.',
  },
  AZURE_CLIENT_ID: {
    kind: 'text',
    absent: "the app's own identity",
    meaning: 'The client id of the user-assigned managed identity that signs in to carriers.',
  },
  ALLOW_SIMULATED_CARRIER: {
    kind: 'flag',
    default: false,
    meaning: '`true` lets the app run in Azure with the simulated carrier, which reaches no phone.',
  },
  CALLS_PER_MINUTE: {
    kind: 'wholeNumber',
    unit: 'calls',
    minimum: 1,
    maximum: 100_000,
    default: 100,
    meaning: 'How many calls a connection may make in 60 seconds to customers without a limit of their own.',
  },
  IDEMPOTENCY_BY_TRACKING: {
    kind: 'flag',
    default: true,
    meaning:
      "`false` makes each send without a key a new message. By default the caller's runtime headers, which name its run and action, tell a repeat.",
  },
  SMS_FALLBACK_AFTER_SECONDS: {
    kind: 'wholeNumber',
    unit: 'seconds',
    minimum: 1,
    maximum: 518_400,
    default: 3_600,
    meaning:
      'How long a WhatsApp message may be without a report before its SMS fallback is sent, if the send asks for one.',
  },
  REPORT_TIMEOUT_SECONDS: {
    kind: 'wholeNumber',
    unit: 'seconds',
    minimum: 1,
    maximum: 604_800,
    default: 172_800,
    meaning: 'How long after it was due a recipient without a report becomes unknown.',
  },
  REPAIR_AFTER_SECONDS: {
    kind: 'wholeNumber',
    unit: 'seconds',
    minimum: 1,
    maximum: 86_400,
    default: 300,
    meaning: 'How long work may lie untouched before a timer queues it again.',
  },
  LEASE_SECONDS: {
    kind: 'wholeNumber',
    unit: 'seconds',
    minimum: 1,
    maximum: 3_600,
    minimumInAzure: 60,
    absent: `${defaultLeases.send} for sending, ${defaultLeases.dlr} for calls of a \`DlrUrl\`, ${defaultLeases.flow} for calls of flows`,
    meaning: 'How long a worker may hold work before another worker takes it for dead.',
  },
  THREAD_HOURS: {
    kind: 'wholeNumber',
    unit: 'hours',
    minimum: 1,
    maximum: 8_760,
    default: 24,
    meaning: 'How long a thread may be silent before the next message begins another.',
  },
  ATTACHMENT_MEGABYTES: {
    kind: 'wholeNumber',
    unit: 'megabytes',
    minimum: 1,
    maximum: 64,
    default: 16,
    meaning: 'The largest attachment of an inbound message that is kept.',
  },
  ATTACHMENT_HOURS: {
    kind: 'wholeNumber',
    unit: 'hours',
    minimum: 1,
    maximum: 2_160,
    default: 168,
    meaning: 'How long the address of an attachment is good for.',
  },
  RETENTION_DAYS: {
    kind: 'wholeNumber',
    unit: 'days',
    minimum: 1,
    maximum: 3_650,
    default: 90,
    meaning: 'How long messages, and what belongs to them, are kept.',
  },
  CALLBACK_HOSTS: {
    kind: 'list',
    of: 'host names',
    absent: 'any public host',
    meaning: 'The host of every callback and every `DlrUrl` must end in one of these.',
  },
  'CALLBACK_SECRET_…': {
    kind: 'secret',
    meaning: 'The secret that signs calls of a `DlrUrl`, for each customer whose directory entry names this setting.',
  },
  NOTIFICATION_RETRY_SECONDS: {
    kind: 'wholeNumbers',
    unit: 'seconds',
    minimum: 1,
    maximum: 86_400,
    default: [5, 15, 60, 300, 1_800, 3_600],
    meaning: 'The waits between calls of a callback or a `DlrUrl` that fail, the last one repeated.',
  },
  NOTIFICATION_RETRY_HOURS: {
    kind: 'wholeNumber',
    unit: 'hours',
    minimum: 1,
    maximum: 144,
    default: 24,
    meaning: 'How long a callback or a `DlrUrl` is called again before it is given up.',
  },
  ALLOW_LOOPBACK_CALLBACKS: {
    kind: 'flag',
    default: false,
    refusedInAzure: true,
    meaning: '`true` lets triggers and senders name plain http addresses of this machine.',
  },
  FAILPOINT: {
    kind: 'text',
    refusedInAzure: true,
    meaning: 'The failpoint at which a test ends this process, such as `send.claimed:3` for its third hit.',
  },
  WEBSITE_SITE_NAME: {
    kind: 'text',
    absent: 'set by Azure',
    meaning: 'Tells the app that it runs in Azure, where it refuses settings for local runs.',
  },
} satisfies SettingsTable;

/** The names of the app's settings. */
export type AppSettings = typeof settingsTable;
