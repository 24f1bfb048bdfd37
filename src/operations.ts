import {
  createGroupContact,
  deleteAllGroupContacts,
  deleteGroupContact,
  getGroupContact,
  updateGroupContact,
} from './contacts/index.ts';
import type { ContactsDeps } from './contacts/index.ts';
import { sendDiscussionReplyMessage, sendReplyMessage } from './conversations/index.ts';
import type { DiscussionDeps, ParentDeps } from './conversations/index.ts';
import { getCustomerServices, getCustomerWhatsappIdentities, getUserCustomers } from './directory/index.ts';
import type { DirectoryDeps } from './directory/index.ts';
import { getMessageStatus, sendMessage, sendWhatsappTemplateMessage } from './messages/index.ts';
import type { AcceptDeps, TemplateSendDeps } from './messages/index.ts';
import type { Operation } from './operation/define-operation.ts';
import { whatsAppOptIn, whatsAppOptOut } from './opt-outs/index.ts';
import type { OptOutDeps } from './opt-outs/index.ts';
import { getPhoneNumberRegions } from './phone-numbers/index.ts';
import { deleteTrigger, newMessage, unsubscribeCallback } from './subscriptions/index.ts';
import type { SubscriptionsDeps } from './subscriptions/index.ts';
import {
  createWhatsappTemplate,
  getCustomerWhatsAppTemplates,
  getWhatsappTemplateCategories,
} from './templates/index.ts';
import type { TemplatesDeps } from './templates/index.ts';

/** The dependencies of all operations. */
export type OperationDeps = DirectoryDeps &
  AcceptDeps &
  TemplateSendDeps &
  ParentDeps &
  DiscussionDeps &
  SubscriptionsDeps &
  ContactsDeps &
  TemplatesDeps &
  OptOutDeps;

/** Every operation of the connector, in the order of its definition. */
export const operations: readonly Operation<OperationDeps>[] = [
  sendMessage,
  sendReplyMessage,
  sendDiscussionReplyMessage,
  sendWhatsappTemplateMessage,
  getMessageStatus,
  newMessage,
  deleteTrigger,
  unsubscribeCallback,
  createWhatsappTemplate,
  getCustomerWhatsAppTemplates,
  getWhatsappTemplateCategories,
  getCustomerWhatsappIdentities,
  whatsAppOptIn,
  whatsAppOptOut,
  createGroupContact,
  getGroupContact,
  updateGroupContact,
  deleteGroupContact,
  deleteAllGroupContacts,
  getUserCustomers,
  getCustomerServices,
  getPhoneNumberRegions,
];
