import type { OutboundBatch, OutboundRecipient, SendOutcome } from '../../messages/index.ts';
import { answerIncomplete, failureOfSilence, inDoubt } from '../call.ts';
import { about, failureOfAnswer, postToGraph } from './call-graph.ts';
import type { Graph } from './call-graph.ts';
import { objectsOf, textOf } from '../fields.ts';
import { graphMessage } from './outbound-message.ts';
import { findNumber } from './settings.ts';

/** Characters of a text (Cloud API, "Text messages"). */
const textLimit = 4096;

/** Characters of a text above buttons (Meta's documentation of its Node.js SDK, "Interactive Object"). */
const buttonsTextLimit = 1024;

/** What sending a text comes to that is too long to be taken; undefined where it is not. */
function textTooLong(content: string, { template, buttons }: OutboundBatch): SendOutcome | undefined {
  const limit = buttons === undefined ? textLimit : buttonsTextLimit;
  if (template !== undefined || Array.from(content).length <= limit) return undefined;
  const message = `WhatsApp takes texts of at most ${limit} characters${buttons === undefined ? '' : ' with buttons'}.`;
  return { outcome: 'rejected', code: 'TextTooLong', message, reason: 'contentRefused' };
}

/**
 * Sends a batch, a call for each recipient, all at once; one outcome per recipient, in order. Never rejects.
 *
 * A number that is not in the settings is an operator's to mend, so its messages wait. One that Meta holds back until it
 * knows how others like a new template (`held_for_quality_assessment`, `paused`) is sent: Meta has it, and reports
 * whether it goes on or, with 132015, was dropped.
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
    return failureOfSilence(error, about);
  }
}
