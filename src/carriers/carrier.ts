import type { AttachmentOutcome, AttachmentSource, InboundEvent } from '../conversations/index.ts';
import type { SettingsTable } from '../core/setting.ts';
import type { DeliveryReport, OutboundCarrier, ReferencedReport } from '../messages/index.ts';
import type { TemplateCarrier, TemplateStatusUpdate } from '../templates/index.ts';
import type { ReadSettings } from './settings-reader.ts';

/** A webhook call. The body is raw because signatures cover its bytes. */
export interface WebhookRequest {
  method: string;
  /** The query unchanged, with its question mark; empty if there is none. */
  query: string;
  /** Header names are in lower case. */
  headers: ReadonlyMap<string, string>;
  body: Uint8Array;
}

/** The answer to an accepted webhook call, for a carrier that expects more than an empty 200. */
export interface WebhookAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** The events in a webhook call. */
export interface WebhookEvents {
  reports: DeliveryReport[];
  /** Reports that name the recipient only by the carrier's own id of the message. */
  referenced?: ReferencedReport[];
  templates: TemplateStatusUpdate[];
  /** Inbound messages (MO). */
  inbound: InboundEvent[];
  answer?: WebhookAnswer;
}

/** The refusal of a webhook call. The status goes to the caller, the reason to the operator's log. */
export class WebhookRefused extends Error {
  readonly status: 400 | 401 | 403;

  constructor(status: 400 | 401 | 403, reason: string) {
    super(reason);
    this.name = 'WebhookRefused';
    this.status = status;
  }
}

/** The HTTP methods of webhook calls. */
type WebhookMethod = 'GET' | 'POST' | 'OPTIONS';

/**
 * A carrier: submits messages, and reads the webhook calls of its network.
 *
 * @example
 * const carrier: Carrier = {
 *   name: 'example',
 *   capabilities,
 *   webhookMethods: ['POST'],
 *   // One outcome for each recipient, in their order.
 *   send: (batch) => Promise.all(batch.recipients.map((recipient) => submit(batch, recipient))),
 *   async receive(request) {
 *     verifySignature(request, secret);
 *     return { reports: parseReports(request.body), templates: [], inbound: [] };
 *   },
 * };
 */
export interface Carrier extends OutboundCarrier {
  /** The methods with which the carrier calls the webhook. */
  readonly webhookMethods: readonly WebhookMethod[];
  /** Manages templates; absent if the carrier has none. */
  readonly templates?: TemplateCarrier;
  /** Fetches attachments of inbound messages; absent if the carrier brings none. */
  readonly attachments?: AttachmentSource;
  /**
   * Checks by signature or secret that a webhook call comes from the carrier, then parses it. Rejects with
   * {@link WebhookRefused} if either fails.
   */
  receive(request: WebhookRequest): Promise<WebhookEvents>;
}

/** What a carrier depends on, besides its own settings. */
export interface CarrierDeps {
  /** The public address of the carrier's webhook, without a query. */
  webhookUrl: string;
  fetch: typeof fetch;
  /** How long one call may take, in milliseconds. */
  timeoutMs: number;
  now: () => Date;
  /** Gets a token of the app's managed identity for a scope. */
  getToken: (scope: string) => Promise<string>;
  /**
   * Whether a token (without `Bearer`) is valid now, and was issued by a tenant of Entra ID for an audience to an
   * application with a role.
   */
  isEntraToken: (token: string, expected: { tenant: string; audience: string; role: string }) => Promise<boolean>;
  /**
   * Fetches a file of at most `limit` bytes from an address that a caller gave, such as the example of a template's
   * picture. A larger file is `failed`. Never calls into a private network, whatever the address or a redirect says.
   * Never rejects.
   */
  fetchPublic: (url: string, limit: number) => Promise<AttachmentOutcome>;
}

/**
 * A kind of carrier: its settings, how to read them, and how to create a carrier from them.
 *
 * @example
 * export const example: CarrierKind<ExampleSettings> = {
 *   name: 'example',
 *   settingsTable,
 *   readSettings(read) {
 *     const { url, text } = read(settingsTable);
 *     return { url: url('EXAMPLE_URL'), apiKey: text('EXAMPLE_KEY') };
 *   },
 *   create: (settings, { webhookUrl, fetch, timeoutMs, now }) =>
 *     createExample({ ...settings, webhookUrl, fetch, timeoutMs, now }),
 * };
 */
export interface CarrierKind<Settings = unknown> {
  readonly name: string;
  /** The settings that it reads from the environment. `npm run docs` writes the table in its README.md from them. */
  readonly settingsTable: SettingsTable;
  /** Reads all settings; reports missing and malformed ones to the reader. */
  readSettings(read: ReadSettings): Settings;
  create(settings: Settings, deps: CarrierDeps): Carrier;
}

/** A kind of carrier together with its settings, which were read. */
export interface ConfiguredCarrier {
  readonly name: string;
  readonly create: (deps: CarrierDeps) => Carrier;
}
