import type { PrivacyOf } from '../core/privacy.ts';
import type { Contact, ContactChanges } from './contact.ts';

/** A group service of a customer, which holds contacts. */
export interface Group {
  customerId: string;
  serviceId: string;
}

/** A message that failed for good. */
export interface FailedMessage {
  /** The recipient's phone number, digits in international form. */
  number: string;
  /** Names the message's recipient; letters, digits and hyphens. */
  recipientId: string;
  /** When it became known. */
  at: Date;
}

export const failedMessagePrivacy = {
  number: 'personal',
  recipientId: 'technical',
} as const satisfies PrivacyOf<FailedMessage>;

/** Where a clean-up stands: the position to go on from is the store's own, and absent at the end. */
export interface CleanUpProgress {
  removed: number;
  next?: string;
}

/** Keeps the contacts of groups. Phone numbers are digits in international form. */
export interface ContactStore {
  /** Adds a contact. `exists` where the group has one with that number: nothing was changed then. */
  create(group: Group, contact: Contact): Promise<'created' | 'exists'>;
  /** A contact, and how many messages to it failed since it was created; undefined where there is none. */
  read(group: Group, number: string): Promise<{ contact: Contact; failedMessages: number } | undefined>;
  /** Changes the fields named and no other, so that of two updates at once neither undoes the other. */
  update(group: Group, number: string, changes: ContactChanges): Promise<'updated' | 'absent'>;
  /** Deletes a contact; one that is created with its number later begins without failed messages. */
  delete(group: Group, number: string): Promise<'deleted' | 'absent'>;
  /** Deletes all contacts of a group, however many, in one write. What they leave is for {@link cleanUp}. */
  deleteAll(group: Group): Promise<void>;
  /**
   * Removes some of what {@link deleteAll} left, from a position that an earlier call gave, else from the beginning.
   * Never touches a contact that can be read, whoever creates or deletes meanwhile.
   */
  cleanUp(group: Group, from?: string): Promise<CleanUpProgress>;
  /**
   * Counts a failed message for the contact with its number. `known` where it was counted before, `noContact` where the
   * group has no such contact: nothing is kept then.
   */
  recordFailure(group: Group, failure: FailedMessage): Promise<'counted' | 'known' | 'noContact'>;
}

/** A group whose deleted contacts are to be removed. */
export interface CleanUpJob extends Group {
  /** Where an earlier job stopped; absent at the beginning. */
  from?: string;
  /** Something was found before `from`. */
  found?: boolean;
}

/** Carries groups to the clean-up worker. */
export interface CleanUpQueue {
  enqueue(job: CleanUpJob): Promise<void>;
}

/** What operations on contacts work with. */
export interface ContactsDeps {
  contacts: {
    store: ContactStore;
    cleanUps: CleanUpQueue;
    newId: () => string;
  };
}
