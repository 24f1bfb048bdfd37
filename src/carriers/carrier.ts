import type { AttachmentSource, InboundEvent } from '../conversations/index.ts';
import type { DeliveryReport, OutboundCarrier } from '../messages/index.ts';
import type { TemplateCarrier, TemplateNews } from '../templates/index.ts';

/** A webhook call as it came in; the body is raw because signatures are made over bytes. */
export interface WebhookRequest {
  method: string;
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: Uint8Array;
}

/** What a webhook call brought. */
export interface WebhookEvents {
  reports: DeliveryReport[];
  templates: TemplateNews[];
  /** Messages of phones. */
  inbound: InboundEvent[];
}

/** Why a webhook call was refused; the caller learns the status, the operator the reason. */
export class WebhookRefused extends Error {
  readonly status: 400 | 401;

  constructor(status: 400 | 401, reason: string) {
    super(reason);
    this.name = 'WebhookRefused';
    this.status = status;
  }
}

/** A carrier: takes messages to phones and understands what its network calls back with. */
export interface Carrier extends OutboundCarrier {
  /** Where the carrier's network has templates that can be managed. */
  readonly templates?: TemplateCarrier;
  /** Where phones can send attachments, which are then fetched. */
  readonly attachments?: AttachmentSource;
  /** Checks the signature, then parses; throws {@link WebhookRefused} where either fails. */
  receive(request: WebhookRequest): WebhookEvents;
}
