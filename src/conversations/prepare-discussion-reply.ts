import type { DiscussionDeps } from './deps.ts';
import { customerKey, readAddress } from '../directory/index.ts';
import type { DirectoryService } from '../directory/index.ts';
import { checkText, normaliseText, parseSender, senderAllowed } from '../messages/index.ts';
import type { PreparedSend } from '../messages/index.ts';
import type { Customer } from '../operation/access.ts';
import type { Preparation } from '../operation/define-operation.ts';
import { problem } from '../operation/errors.ts';
import type { Problem } from '../operation/errors.ts';
import { isObject } from '../core/json.ts';
import type { Thread } from './ports.ts';
import { prepareReplyButtons, textLimitWithButtons } from './prepare-reply-buttons.ts';

/** Max characters of a WhatsApp text message (Meta's documentation of the Cloud API, "Text messages"). */
const whatsAppCharacters = 4_096;

/**
 * Milliseconds after a phone's last message in which WhatsApp accepts free text to it; later it accepts only templates
 * (Meta's documentation, "Customer service windows").
 */
const windowMs = 24 * 3_600_000;

/** A reply ready to be accepted, and the service of its thread. */
export type PreparedDiscussionReply = PreparedSend & { serviceId: string; threadId: string };

/** Applies the rules of a discussion reply that its schema can't express. */
export async function prepareDiscussionReply(
  { body, customer, now }: { body: unknown; customer: Customer; now: Date },
  deps: DiscussionDeps,
): Promise<Preparation<PreparedDiscussionReply>> {
  const fields = isObject(body) ? body : {};
  const problems: Problem[] = [];
  const { ThreadId: threadId, Content: given, Buttons: labels } = fields;
  const thread = typeof threadId === 'string' ? await findThread(threadId, customer, deps) : undefined;
  if (typeof threadId === 'string' && thread === undefined) {
    problems.push(problem('ThreadNotFound', { target: 'ThreadId' }));
  }
  if (thread?.channel === 'WhatsApp' && !(await isWindowOpen(thread, now, deps))) {
    problems.push(problem('WindowClosed', { target: 'ThreadId' }));
  }
  const content = normaliseText(typeof given === 'string' ? given : '');
  const channel = thread?.channel ?? 'SMS';
  const buttons = prepareReplyButtons(labels, thread?.channel, problems);
  const parts = checkContent(content, { channel, hasButtons: buttons.length > 0 }, problems);
  const address = thread?.phone ?? '';
  return {
    problems,
    prepared: {
      protocol: channel,
      sender: thread?.address ?? '',
      // A discussion reply has no values for placeholders, so anything that looks like one is escaped as text.
      content: content.replaceAll('$(', '$($)('),
      recipients: [{ address, parts, values: [] }],
      partCount: parts,
      guessedNumbers: 0,
      optedOut: new Set(),
      ...(buttons.length === 0 ? {} : { buttons }),
      reply: { phone: address, ...(thread === undefined ? {} : { threadId: thread.threadId }) },
      serviceId: thread?.serviceId ?? '',
      threadId: thread?.threadId ?? '',
    },
  };
}

/**
 * Finds a thread of the customer. The thread's service must still be the customer's and still have the thread's
 * address, since the address may belong to somebody else by now. Another customer's thread id is refused without
 * reading.
 */
async function findThread(
  threadId: string,
  customer: Customer,
  { threads, directory }: DiscussionDeps,
): Promise<Thread | undefined> {
  if (!threadId.startsWith(customerKey(customer.id))) return undefined;
  const thread = await threads.store.read(threadId);
  if (thread?.customerId !== customer.id) return undefined;
  const service = (await directory.services(customer.id)).find(({ id }) => id === thread.serviceId);
  if (service === undefined) return undefined;
  return isAddressOf(service, thread, customer) ? thread : undefined;
}

/** Tells whether the phone wrote recently enough for WhatsApp to accept free text to it. */
async function isWindowOpen(thread: Thread, now: Date, { threads }: DiscussionDeps): Promise<boolean> {
  const lastReceivedAt = (await threads.store.current(thread))?.current.lastReceivedAt;
  return lastReceivedAt !== undefined && now.getTime() - lastReceivedAt.getTime() < windowMs;
}

/** Tells whether a service still receives on the thread's address, or may send from it. */
function isAddressOf(
  { receivesOn, senders }: DirectoryService,
  { address, channel }: Thread,
  { region }: Customer,
): boolean {
  if (receivesOn?.protocol === channel && readAddress(receivesOn.address, region) === address) return true;
  const sender = parseSender(address, [region]);
  return sender !== undefined && senderAllowed(sender, senders, [region]);
}

/** Checks a text and returns its message parts: counted for SMS, always 1 for WhatsApp, which has its own limits. */
function checkContent(
  content: string,
  { channel, hasButtons }: { channel: Thread['channel']; hasButtons: boolean },
  problems: Problem[],
): number {
  if (content === '' || channel === 'SMS') return checkText(content, 'Content', problems);
  if (/^[\s\p{Cc}\p{Cf}]*$/u.test(content)) problems.push(problem('EmptyContent', { target: 'Content' }));
  const limit = hasButtons ? textLimitWithButtons : whatsAppCharacters;
  if (content.length > limit) {
    const rule = `must be at most ${limit} characters long${hasButtons ? ' if there are buttons' : ''}`;
    problems.push(problem('InvalidField', { target: 'Content', rule }));
  }
  return 1;
}
