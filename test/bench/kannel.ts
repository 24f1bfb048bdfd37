import { hasKannel } from '../support/hosts/kannel-boxes.ts';
import { bulkOnAzurite } from './bulk.ts';
import { startKannel } from './kannel-process.ts';
import { interleaved, median, timed } from './measure.ts';
import { sendSingly } from './single.ts';
import { against, short } from './finding.ts';
import type { Finding } from './finding.ts';

const messages = 30_000;
const warmUp = 2_000;
const singleSends = 1_500;

/** Measures the same work on Kannel and on our app, with storage and simulated networks on the same cores. */
export async function benchKannel({ rounds }: { rounds: number }): Promise<Finding[]> {
  if (!hasKannel()) {
    const note = 'Skipped: Kannel is not installed. On Debian, install it with `apt-get install kannel`.';
    return [{ title: 'kannel', rows: [], notes: [note] }];
  }
  const rates = await interleaved(rounds, {
    kannelOne: () => rateOfKannel({ numbersPerCall: 1, width: 64 }),
    kannelHundred: () => rateOfKannel({ numbersPerCall: 100, width: 16 }),
    bulk: async () => perSecond(await bulkOnAzurite(3, { reportsPerCall: 100 })),
    bulkSingleReports: async () => perSecond(await bulkOnAzurite(3, { reportsPerCall: 1 })),
    single: async () => (await sendSingly({ width: 64, count: singleSends })).perSecond,
  });
  const ratio = (ours: readonly number[], theirs: readonly number[]): number =>
    median(ours.map((rate, round) => rate / (theirs[round] ?? Number.NaN)));
  const faster = rates.kannelOne.map((rate, round) => Math.max(rate, rates.kannelHundred[round] ?? 0));
  const row = (side: string, work: string, of: readonly number[], against: string) => ({
    side,
    work,
    'messages/s': median(of),
    'against Kannel': against,
  });
  return [
    {
      title: `kannel: messages from accept to their one delivery report, medians of ${rounds} rounds`,
      rows: [
        row('Kannel', `${short(messages)} messages, one in a call, 64 callers`, rates.kannelOne, ''),
        row('Kannel', `${short(messages)} messages, 100 in a call, 16 callers`, rates.kannelHundred, ''),
        row(
          'ours',
          '3 sends of 10,000, 100 reports in a call',
          rates.bulk,
          against(ratio(rates.bulk, faster), { min: 1 }),
        ),
        row(
          'ours',
          '3 sends of 10,000, each report in a call of its own',
          rates.bulkSingleReports,
          against(ratio(rates.bulkSingleReports, faster), { min: 1 }),
        ),
        row(
          'ours',
          `${short(singleSends)} single sends, 64 callers, each report in a call of its own`,
          rates.single,
          short(ratio(rates.single, rates.kannelOne)),
        ),
      ],
      notes: [
        'Kannel 1.4 as Debian ships it: bearerbox and smsbox with the file store, its SMPP server and the receiver of its reports in one process beside it, window of 100.',
        'Ours: the local host with Azurite in memory and a lean carrier, each in a process of its own. Bulk sends are compared with the faster of the two ways to use Kannel, single sends with calls of one message.',
      ],
    },
  ];
}

const perSecond = ({ milliseconds }: { milliseconds: number }): number => (messages * 1000) / milliseconds;

async function rateOfKannel({ numbersPerCall, width }: { numbersPerCall: number; width: number }): Promise<number> {
  const kannel = await startKannel();
  try {
    const run = async (count: number, before: number): Promise<number> => {
      const begun = performance.now();
      await timed({ width, count: count / numbersPerCall }, (call) =>
        kannel.send(
          Array.from({ length: numbersPerCall }, (_, place) => String(358_401_000_000 + call * numbersPerCall + place)),
        ),
      );
      await kannel.reported(before + count);
      return performance.now() - begun;
    };
    await run(warmUp, 0);
    return (messages * 1000) / (await run(messages, warmUp));
  } finally {
    await kannel.stop();
  }
}
