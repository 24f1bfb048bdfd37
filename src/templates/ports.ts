import type { Template, TemplateStatus } from './template.ts';

/** A template and the version that was read; the store refuses writes against an older version. */
export interface VersionedTemplate {
  template: Template;
  version: string;
}

/** Changes to a stored template: the carrier's id, or the status, which also replaces the reason. */
type TemplateChanges =
  | { carrierReference: string; updatedAt: Date }
  | { status: TemplateStatus; reason?: string; updatedAt: Date };

/** Stores templates, by customer and name. */
export interface TemplateStore {
  /** Adds a template. `exists`: the customer has one with that name, and nothing was changed. */
  create(template: Template): Promise<VersionedTemplate | 'exists'>;
  read(customerId: string, name: string): Promise<VersionedTemplate | undefined>;
  /** Lists a customer's templates, in no particular order. */
  list(customerId: string): Promise<Template[]>;
  /** Replaces a template with another of the same name, if the stored version is still the one given. */
  replace(read: VersionedTemplate, next: Template): Promise<VersionedTemplate | 'conflict'>;
  /** Changes only the given fields, at any version, so that concurrent changes don't undo each other. */
  update(customerId: string, name: string, changes: TemplateChanges): Promise<'updated' | 'absent'>;
  /** Removes a template if the stored version is still the one given. */
  remove(read: VersionedTemplate): Promise<void>;
}

/**
 * The outcome of a submission. `refused` is final; `unavailable` is temporary, and the carrier may or may not have the
 * template. `status` is the result of a review that is already finished, if the carrier doesn't report it again later.
 */
export type SubmitOutcome =
  | { outcome: 'submitted'; carrierReference: string; status?: TemplateStatus; reason?: string }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'unavailable'; reason: string };

/** A template as the carrier lists it, wherever it was created. */
export type ListedTemplate = Omit<Template, 'customerId' | 'displayName' | 'createdAt' | 'updatedAt'>;

/** The outcome of asking a carrier for its templates. */
export type ListOutcome =
  | { outcome: 'listed'; templates: ListedTemplate[] }
  | { outcome: 'unavailable'; reason: string };

/** A carrier that submits templates to WhatsApp's review. */
export interface TemplateCarrier {
  /** Tells whether the carrier manages the templates of a WhatsApp number, given as digits. */
  manages(identity: string): boolean;
  /**
   * Submits a template; its status comes later. Submitting the same template again gives the same answer. Never rejects
   * for carrier or network errors.
   */
  submit(template: Template): Promise<SubmitOutcome>;
  /** Lists all templates of a number. Never rejects for carrier or network errors. */
  list(identity: string): Promise<ListOutcome>;
}

/** A status update about a template, from a carrier. */
export interface TemplateStatusUpdate {
  /** The template's WhatsApp number, as the carrier writes it. */
  identity: string;
  name: string;
  /** The template's language, if the carrier uses one name for several languages. */
  language?: string;
  status: TemplateStatus;
  reason?: string;
}
