import type { PrivacyOf } from '../core/privacy.ts';
import type { Contact, ContactChanges } from './contact.ts';

/** A group service of a customer, which holds contacts. */
export interface Group {
  customerId: string;
  serviceId: string;
}

/** A message that finally failed for one recipient. */
export interface FailedMessage {
  /** The recipient's phone number, digits in international form. */
  number: string;
  /** The id of the message's recipient: letters, digits and hyphens. */
  recipientId: string;
  /** When the failure became known. */
  at: Date;
}

export const failedMessagePrivacy = {
  number: 'personal',
  recipientId: 'technical',
} as const satisfies PrivacyOf<FailedMessage>;

/** The progress of a clean-up. */
export interface CleanUpProgress {
  /** The number of rows removed. */
  removed: number;
  /** The position from which to continue, in the store's own format; absent at the end. */
  next?: string;
}

/** Stores the contacts of groups. Phone numbers are digits in international form. */
export interface ContactStore {
  /** Adds a contact. `exists`: the group has one with that number, and nothing was changed. */
  create(group: Group, contact: Contact): Promise<'created' | 'exists'>;
  /** Reads a contact and the number of failed messages since it was created; undefined if there is none. */
  read(group: Group, number: string): Promise<{ contact: Contact; failedMessages: number } | undefined>;
  /** Changes only the given fields, so that concurrent updates don't undo each other. */
  update(group: Group, number: string, changes: ContactChanges): Promise<'updated' | 'absent'>;
  /** Deletes a contact. A contact created later with the same number starts without failed messages. */
  delete(group: Group, number: string): Promise<'deleted' | 'absent'>;
  /** Deletes all contacts of a group, however many, in one write. {@link cleanUp} removes the rows that they leave. */
  deleteAll(group: Group): Promise<void>;
  /**
   * Removes some of the rows that {@link deleteAll} left, from the position that an earlier call returned (default: the
   * beginning). Never removes a contact that can be read, even if contacts are created or deleted at the same time.
   */
  cleanUp(group: Group, from?: string): Promise<CleanUpProgress>;
  /**
   * Counts a failed message for the contact with its number. `known`: it was counted before. `noContact`: the group has
   * no such contact, and nothing was stored.
   */
  recordFailure(group: Group, failure: FailedMessage): Promise<'counted' | 'known' | 'noContact'>;
}

/** A group whose deleted contacts are to be removed from storage. */
export interface CleanUpJob extends Group {
  /** The position at which an earlier job stopped; absent for the first job. */
  from?: string;
  /** Whether this pass already removed something before `from`. */
  found?: boolean;
}

/** Queues groups for the clean-up worker. */
export interface CleanUpQueue {
  enqueue(job: CleanUpJob): Promise<void>;
}

/** Dependencies of the operations on contacts. */
export interface ContactsDeps {
  contacts: {
    store: ContactStore;
    cleanUps: CleanUpQueue;
    newId: () => string;
  };
}
