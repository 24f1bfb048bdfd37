import type { Caller, Customer } from '../operation/access.ts';
import type { SendRequest } from './accept-message.ts';

interface Details {
  caller: Caller;
  customer: Customer;
  serviceId: string;
  now: Date;
  body: {
    CustomerData?: string;
    AdMessage?: boolean;
    DlrUrl?: string;
    RequestId?: string;
    AttachmentUri?: string;
  };
}

/** What is kept of a send beside its text and recipients: who sent it, for whom, and the fields that come along. */
export function sendDetails({ caller, customer, serviceId, now, body }: Details): SendRequest {
  return {
    customerId: customer.id,
    serviceId,
    userId: caller.userId,
    acceptedAt: now,
    ...(body.CustomerData === undefined ? {} : { customerData: body.CustomerData }),
    ...(body.AdMessage === undefined ? {} : { adMessage: body.AdMessage }),
    ...(body.DlrUrl === undefined ? {} : { dlrUrl: body.DlrUrl }),
    ...(body.RequestId === undefined ? {} : { requestId: body.RequestId }),
    ...(body.AttachmentUri === undefined ? {} : { attachmentUri: body.AttachmentUri }),
  };
}
