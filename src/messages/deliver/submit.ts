import type { CarriersDeps } from '../deps.ts';
import { eachOf } from '../../core/concurrency.ts';
import { recipientId } from '../message-id.ts';
import type { Chunk } from '../message.ts';
import { compileContent } from '../compose/personalization.ts';
import type { OutboundCarrier, OutboundRecipient, SendOutcome } from '../outbound-carrier.ts';
import { renderText } from '../compose/render-text.ts';

/** Carrier ids that are stored at the same time. */
const recordConcurrency = 16;

const noAnswer: SendOutcome = {
  outcome: 'unknown',
  code: 'NoAnswer',
  message: "The carrier's answer does not mention the recipient.",
  reason: 'inDoubt',
};

/**
 * Submits recipients of a chunk to a carrier, as many in a call as it takes. Resolves to an outcome for each recipient
 * index.
 */
export async function submit(
  chunk: Chunk,
  recipientIndexes: readonly number[],
  carrier: OutboundCarrier,
  { carriers, now }: { carriers: Pick<CarriersDeps, 'ids'>; now: () => Date },
): Promise<Map<number, SendOutcome>> {
  const { messageId, index, sender, protocol, template, buttons, attemptedAt = now() } = chunk;
  const compiled = compileContent(chunk.content);
  const { batchSize } = carrier.capabilities;
  const outcomes = new Map<number, SendOutcome>();
  for (let from = 0; from < recipientIndexes.length; from += batchSize) {
    const batch = recipientIndexes.slice(from, from + batchSize);
    const recipients = batch.map((recipientIndex): OutboundRecipient => {
      const { address, parts, values } = chunk.recipients[recipientIndex] ?? { address: '', parts: 1, values: [] };
      const id = recipientId({ messageId, chunk: index, recipientIndex });
      return { recipientId: id, address, content: renderText(compiled, values), parts };
    });
    const answered = await carrier.send({
      messageId,
      sender,
      protocol,
      attemptedAt,
      ...(template === undefined ? {} : { template }),
      ...(buttons === undefined ? {} : { buttons }),
      recipients,
    });
    // Outcomes are matched batch by batch, or a missing one would shift those of the next batch to other recipients.
    for (const [position, recipientIndex] of batch.entries())
      outcomes.set(recipientIndex, answered[position] ?? noAnswer);
    const noted = recipients.flatMap(({ recipientId: value }, position) => {
      const outcome = answered[position];
      const id = outcome?.outcome === 'sent' && outcome.reportedByReference === true && outcome.carrierReference;
      return typeof id === 'string' ? [{ carrier: carrier.name, id, value, notedAt: now() }] : [];
    });
    // The ids are stored before the outcome: a crash in between repeats the attempt, and the carrier gives the same
    // ids.
    await eachOf(noted, recordConcurrency, (entry) => carriers.ids.record(entry));
  }
  return outcomes;
}
