import type { OutboundBatch, OutboundRecipient, SendOutcome } from '../../messages/index.ts';
import { answerIncomplete, failureOfNoAnswer, inDoubt } from '../call.ts';
import { about, failureOfAnswer, postToGraph } from './call-graph.ts';
import type { Graph } from './call-graph.ts';
import { objectsOf, textOf } from '../fields.ts';
import { graphMessage } from './outbound-message.ts';
import { findNumber } from './settings.ts';

/** The maximum length of a text in characters (Cloud API, "Text messages"). */
const textLimit = 4096;

/** The maximum length of a text with buttons (Meta's documentation of its Node.js SDK, "Interactive Object"). */
const buttonsTextLimit = 1024;

/** Returns the outcome for a text that is too long; undefined if the text is short enough. */
function textTooLong(content: string, { template, buttons }: OutboundBatch): SendOutcome | undefined {
  const limit = buttons === undefined ? textLimit : buttonsTextLimit;
  if (template !== undefined || Array.from(content).length <= limit) return undefined;
  const message = `WhatsApp takes texts of at most ${limit} characters${buttons === undefined ? '' : ' with buttons'}.`;
  return { outcome: 'rejected', code: 'TextTooLong', message, reason: 'contentRefused' };
}

/**
 * Submits a batch with one call for each recipient, all at once. Resolves to one outcome per recipient, in order. Never
 * rejects.
 *
 * If the sender's number is not in the settings, its messages wait, because an operator can fix that. Meta holds some
 * messages back until it knows how people react to a new template (`held_for_quality_assessment`, `paused`). These
 * count as sent: Meta has them, and reports later whether it sent or dropped (132015) them.
 */
export async function send(graph: Graph, batch: OutboundBatch): Promise<SendOutcome[]> {
  const { sender, recipients } = batch;
  const phoneNumberId = findNumber(graph, sender)?.phoneNumberId;
  if (phoneNumberId === undefined) return recipients.map(() => unknownSender(sender));
  const path = `${phoneNumberId}/messages`;
  return Promise.all(recipients.map((recipient) => sendTo(graph, path, recipient, batch)));
}

function unknownSender(sender: string): SendOutcome {
  const message = `The number ${sender} is not in WHATSAPP_CLOUD_NUMBERS.`;
  return { outcome: 'retry', code: 'SenderUnknown', message, reason: 'carrierSettings' };
}

async function sendTo(
  graph: Graph,
  path: string,
  recipient: OutboundRecipient,
  batch: OutboundBatch,
): Promise<SendOutcome> {
  const refused = textTooLong(recipient.content, batch);
  if (refused !== undefined) return refused;
  try {
    const answer = await postToGraph(graph, path, graphMessage(recipient, batch));
    if (answer.status >= 300) return failureOfAnswer(answer, graph.now);
    const carrierReference = textOf(objectsOf(answer.fields['messages'])[0]?.['id']);
    return carrierReference === undefined ? inDoubt(answerIncomplete, about) : { outcome: 'sent', carrierReference };
  } catch (error) {
    return failureOfNoAnswer(error, about);
  }
}
