import type { Template, TemplateStatus } from './template.ts';

/** A template and the version it was read at; a write against an older version is refused. */
export interface VersionedTemplate {
  template: Template;
  version: string;
}

/** What changes about a template that stays: the carrier's id of it, or its word on it (the reason goes with that). */
type TemplateChanges =
  | { carrierReference: string; updatedAt: Date }
  | { status: TemplateStatus; reason?: string; updatedAt: Date };

/** Keeps templates, by customer and name. */
export interface TemplateStore {
  /** Adds a template. `exists` where the customer has one of that name: nothing was changed then. */
  create(template: Template): Promise<VersionedTemplate | 'exists'>;
  read(customerId: string, name: string): Promise<VersionedTemplate | undefined>;
  /** A customer's templates, in no order. */
  list(customerId: string): Promise<Template[]>;
  /** Writes a template anew, under the same name, if its version is still the one given. */
  replace(read: VersionedTemplate, next: Template): Promise<VersionedTemplate | 'conflict'>;
  /** Changes what is named and nothing else, whatever the version, so that of two changes at once none is lost. */
  update(customerId: string, name: string, changes: TemplateChanges): Promise<'updated' | 'absent'>;
  /** Takes a template away if its version is still the one given. */
  remove(read: VersionedTemplate): Promise<void>;
}

/**
 * What became of a submission. `refused` is for good, `unavailable` temporary: the carrier may or may not have the
 * template then. A `status` is what its review has come to already, where the carrier won't say that another time.
 */
export type SubmitOutcome =
  | { outcome: 'submitted'; carrierReference: string; status?: TemplateStatus; reason?: string }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'unavailable'; reason: string };

/** A template as the carrier has it, whoever made it. */
export type ListedTemplate = Omit<Template, 'customerId' | 'displayName' | 'createdAt' | 'updatedAt'>;

/** What asking a carrier for its templates came to. */
export type ListOutcome =
  | { outcome: 'listed'; templates: ListedTemplate[] }
  | { outcome: 'unavailable'; reason: string };

/** Brings templates before the platform's review. */
export interface TemplateCarrier {
  /** Whether it has the WhatsApp number, given as digits. */
  manages(identity: string): boolean;
  /**
   * Submits a template; its status comes back later. The same template again gets the first answer again. Never rejects
   * for what the carrier or the network did.
   */
  submit(template: Template): Promise<SubmitOutcome>;
  /** All templates of a number. Never rejects for what the carrier or the network did. */
  list(identity: string): Promise<ListOutcome>;
}

/** A carrier's word on a template. */
export interface TemplateStatusUpdate {
  /** The WhatsApp number that it is for, as the carrier writes it. */
  identity: string;
  name: string;
  /** The language that it is about, where the carrier has one name for a template in several. */
  language?: string;
  status: TemplateStatus;
  reason?: string;
}
