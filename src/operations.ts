import { getCustomerServices, getUserCustomers } from './directory/index.ts';
import type { DirectoryWorld } from './directory/index.ts';
import { getMessageStatus, sendMessage } from './messages/index.ts';
import type { MessagingWorld } from './messages/index.ts';
import type { Operation } from './operation/define-operation.ts';
import { getPhoneNumberRegions } from './phone-numbers/index.ts';

/** Everything that an operation's handler may work with. */
export type OperationWorld = DirectoryWorld & MessagingWorld;

/** Every operation of the connector, in the order in which its definition lists them. */
export const operations: readonly Operation<OperationWorld>[] = [
  sendMessage,
  getMessageStatus,
  getUserCustomers,
  getCustomerServices,
  getPhoneNumberRegions,
];
