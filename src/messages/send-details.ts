import type { Caller, Customer } from '../operation/access.ts';
import type { ReadHeader } from '../operation/define-operation.ts';
import type { SendRequest } from './accept/accept-message.ts';

interface Details {
  caller: Caller;
  customer: Customer;
  serviceId: string;
  now: Date;
  header: ReadHeader;
  body: {
    CustomerData?: string;
    AdMessage?: boolean;
    DlrUrl?: string;
    RequestId?: string;
    AttachmentUri?: string;
  };
}

/**
 * Collects what is stored of a send besides its text and recipients: who sent it, for whom, and the optional fields.
 */
export function sendDetails({ caller, customer, serviceId, now, header, body }: Details): SendRequest {
  return {
    customerId: customer.id,
    serviceId,
    userId: caller.userId,
    acceptedAt: now,
    header,
    ...(body.CustomerData === undefined ? {} : { customerData: body.CustomerData }),
    ...(body.AdMessage === undefined ? {} : { adMessage: body.AdMessage }),
    ...(body.DlrUrl === undefined ? {} : { dlrUrl: body.DlrUrl }),
    ...(body.RequestId === undefined ? {} : { requestId: body.RequestId }),
    ...(body.AttachmentUri === undefined ? {} : { attachmentUri: body.AttachmentUri }),
  };
}

/**
 * Returns everything that identifies a request to an operation. If two requests differ in it, neither is a repeat of
 * the other. The request id is left out, since it may come in a header instead.
 */
export function requestOf(
  operation: string,
  { body, ...rest }: { body: Details['body']; serviceId?: string; parentMessageId?: string },
): unknown {
  const { RequestId: _, ...own } = body;
  return { operation, ...rest, body: own };
}
