import type { seededRandom } from '../support/random.ts';
import type { ApiCall } from './call-api.ts';

type Random = ReturnType<typeof seededRandom>;

/** A send as it is about to be asked for. */
export interface PlannedSend {
  key: string;
  kind: string;
  tellsDlr: boolean;
  call: ApiCall;
}

/** What there is to make sends from. */
export interface SendMeans {
  dlrUrl: string;
  /** Ids of phones' messages that can be answered. */
  recentMessageIds: readonly string[];
  templateName: string;
  /** What the app is not asked for. */
  without: ReadonlySet<string>;
}

/** Of a hundred numbers, so many end in these digits (see the README for what follows); the others are delivered. */
const endings = [
  ...Array.from({ length: 4 }, () => '0002'),
  ...Array.from({ length: 3 }, () => '0003'),
  ...Array.from({ length: 3 }, () => '0004'),
  '0005',
  ...Array.from({ length: 4 }, () => '0006'),
  ...Array.from({ length: 2 }, () => '0007'),
  ...Array.from({ length: 3 }, () => '0008'),
];

/** A Finnish mobile number, whose last four digits decide what becomes of messages to it. */
export function phoneOf(random: Random): string {
  const ending = endings[random.below(100)] ?? String(1_000 + random.below(9_000));
  return `35840${100 + random.below(900)}${ending}`;
}

/** Decides what the next caller wants: single sends mostly, and some of everything else. */
export function planSend(index: number, random: Random, means: SendMeans): PlannedSend {
  const key = `send-${index}`;
  const tellsDlr = !means.without.has('dlr') && random.below(100) < 40;
  const roll = random.below(100);
  const [parent] = means.recentMessageIds.slice(-1);
  const text = {
    Sender: '16400',
    Content: `Hello $(name), this is [${key}]`,
    Protocol: 'SMS',
    ...(tellsDlr && { DlrUrl: means.dlrUrl }),
  };
  const to = (recipients: number) => ({
    Recipients: Array.from({ length: recipients }, (_, place) => ({
      Address: phoneOf(random),
      Personalization: { name: `N${place}` },
    })),
  });
  const post = (path: string, body: object): ApiCall => ({ method: 'POST', path, body: { ...body, RequestId: key } });

  if (roll < 2)
    return { key, kind: 'bulk', tellsDlr, call: post('/messages', { ...text, ...to(150 + random.below(250)) }) };
  if (roll < 12) {
    const SendDateTime = new Date(Date.now() + 2_000 + random.below(5_000)).toISOString();
    return { key, kind: 'scheduled', tellsDlr, call: post('/messages', { ...text, ...to(1), SendDateTime }) };
  }
  if (roll < 20 && parent !== undefined) {
    return { key, kind: 'reply', tellsDlr, call: post(`/messages/reply/${parent}`, { ...text, ...to(1) }) };
  }
  if (roll < 24) {
    const [{ Address } = { Address: '' }] = to(1).Recipients;
    const template = { TemplateName: means.templateName, BodyParameters: [`[${key}]`], UseSmsFallback: true };
    const body = { ...template, Recipients: [{ Address }], ...(tellsDlr && { DlrUrl: means.dlrUrl }) };
    return { key, kind: 'template', tellsDlr, call: post('/messages/templates/whatsapp', body) };
  }
  if (roll < 40 && !means.without.has('key-header')) {
    const call: ApiCall = { method: 'POST', path: '/messages', body: { ...text, ...to(1) } };
    return { key, kind: 'keyHeader', tellsDlr, call: { ...call, headers: { 'idempotency-key': key } } };
  }
  return { key, kind: 'single', tellsDlr, call: post('/messages', { ...text, ...to(1 + random.below(3)) }) };
}
