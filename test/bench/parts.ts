import { SegmentedMessage } from 'sms-segments-calculator';
import { split } from 'split-sms';

import { countSmsParts, splitSms } from '../../src/messages/compose/sms-parts.ts';
import { callsPerSecond, interleaved, median } from './measure.ts';
import type { Finding } from './finding.ts';

const texts = {
  '28 characters': 'Your order is ready, Aino. €',
  '400 characters': 'The order is ready to be fetched at the counter. '.repeat(9).slice(0, 400),
  '200 characters with emoji': 'Tilaus on noudettavissa 😀 tiskiltä. '.repeat(6).slice(0, 200),
};

/** Measures texts counted and split in a second, against the two libraries that the tests compare our code with. */
export async function benchParts({ rounds }: { rounds: number }): Promise<Finding[]> {
  const rows: Finding['rows'][number][] = [];
  for (const [name, text] of Object.entries(texts)) {
    const rates = await interleaved(rounds, {
      count: () => callsPerSecond(() => countSmsParts(text)),
      split: () => callsPerSecond(() => splitSms(text)),
      splitSmsLibrary: () => callsPerSecond(() => split(text)),
      calculator: () => callsPerSecond(() => new SegmentedMessage(text).segmentsCount),
    });
    const rate = (side: keyof typeof rates): number => median(rates[side]);
    rows.push({
      text: name,
      'counted by ours (/s)': rate('count'),
      'split by ours (/s)': rate('split'),
      'split-sms (/s)': rate('splitSmsLibrary'),
      'sms-segments-calculator (/s)': rate('calculator'),
      'split: times split-sms': rate('split') / rate('splitSmsLibrary'),
      'count: times the calculator': rate('count') / rate('calculator'),
    });
  }
  return [{ title: `parts: SMS texts in a second, medians of ${rounds} rounds`, rows }];
}
