import type { AttachmentOutcome, AttachmentSource, InboundEvent } from '../conversations/index.ts';
import type { SettingsTable } from '../core/setting.ts';
import type { DeliveryReport, OutboundCarrier, ReferencedReport } from '../messages/index.ts';
import type { TemplateCarrier, TemplateStatusUpdate } from '../templates/index.ts';
import type { ReadSettings } from './settings-reader.ts';

/** A webhook call as it came in; the body is raw because signatures are made over bytes. */
export interface WebhookRequest {
  method: string;
  /** The query as it came, with its question mark; empty where there is none. */
  query: string;
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: Uint8Array;
}

/** What a carrier wants to hear where its call is taken, if that is more than a status of 200. */
export interface WebhookAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** What a webhook call brought. */
export interface WebhookEvents {
  reports: DeliveryReport[];
  /** Reports that name a recipient by nothing but the carrier's own id of the message. */
  referenced?: ReferencedReport[];
  templates: TemplateStatusUpdate[];
  /** Messages of phones. */
  inbound: InboundEvent[];
  answer?: WebhookAnswer;
}

/** Why a webhook call was refused; the caller learns the status, the operator the reason. */
export class WebhookRefused extends Error {
  readonly status: 400 | 401 | 403;

  constructor(status: 400 | 401 | 403, reason: string) {
    super(reason);
    this.name = 'WebhookRefused';
    this.status = status;
  }
}

/** How a carrier calls back. */
type WebhookMethod = 'GET' | 'POST' | 'OPTIONS';

/** A carrier: takes messages to phones and understands what its network calls back with. */
export interface Carrier extends OutboundCarrier {
  readonly webhookMethods: readonly WebhookMethod[];
  /** Where the carrier's network has templates that can be managed. */
  readonly templates?: TemplateCarrier;
  /** Where phones can send attachments, which are then fetched. */
  readonly attachments?: AttachmentSource;
  /**
   * Checks that the call comes from the carrier, by its signature or secret, then parses; rejects with
   * {@link WebhookRefused} where either fails.
   */
  receive(request: WebhookRequest): Promise<WebhookEvents>;
}

/** What a carrier is made with, beyond its own settings. */
export interface CarrierDeps {
  /** Where the carrier's network reaches us, without a query. */
  webhookUrl: string;
  fetch: typeof fetch;
  /** How long one call may take. */
  timeoutMs: number;
  now: () => Date;
  /** A token of the app's managed identity for a scope. */
  getToken: (scope: string) => Promise<string>;
  /**
   * Whether a token (without `Bearer`) was issued by a tenant of Entra ID for an audience, to an application with a role,
   * and is good now.
   */
  isEntraToken: (token: string, expected: { tenant: string; audience: string; role: string }) => Promise<boolean>;
  /**
   * Fetches what an address leads to that a caller gave, such as the example of a template's picture: never from within
   * a private network, whatever the address or a redirect says, and at most `limit` bytes (more is `failed`). Never
   * rejects.
   */
  fetchPublic: (url: string, limit: number) => Promise<AttachmentOutcome>;
}

/** A kind of carrier: its settings, how they are read, and how it is made from them. */
export interface CarrierKind<Settings = unknown> {
  readonly name: string;
  /** What it reads from the environment; `npm run docs` writes the table in its README.md from it. */
  readonly settingsTable: SettingsTable;
  /** Reads all settings; what is missing or malformed is noted with the reader. */
  readSettings(read: ReadSettings): Settings;
  create(settings: Settings, deps: CarrierDeps): Carrier;
}

/** A carrier whose settings were read. */
export interface ConfiguredCarrier {
  readonly name: string;
  readonly create: (deps: CarrierDeps) => Carrier;
}
