import type { seededRandom } from '../support/tools/random.ts';
import type { ApiCall } from './call-api.ts';

type Random = ReturnType<typeof seededRandom>;

/** A planned send. */
export interface PlannedSend {
  key: string;
  kind: string;
  wantsDlr: boolean;
  call: ApiCall;
}

/** The means of which sends are made. */
export interface SendMeans {
  dlrUrl: string;
  /** Inbound messages that can be answered, the latest last. */
  answerable: readonly { messageId: string; threadId: string }[];
  templateName: string;
  /** The features that sends don't use. */
  without: ReadonlySet<string>;
}

/**
 * How many of a hundred numbers have which ending; the carrier's README says what an ending means. Others are
 * delivered.
 */
const endings = [
  ...Array.from({ length: 4 }, () => '0002'),
  ...Array.from({ length: 3 }, () => '0003'),
  ...Array.from({ length: 3 }, () => '0004'),
  '0005',
  ...Array.from({ length: 4 }, () => '0006'),
  ...Array.from({ length: 2 }, () => '0007'),
  ...Array.from({ length: 3 }, () => '0008'),
];

/** Makes a Finnish mobile number; its last four digits decide the outcome of messages to it. */
export function phoneOf(random: Random): string {
  const ending = endings[random.below(100)] ?? String(1_000 + random.below(9_000));
  return `35840${100 + random.below(900)}${ending}`;
}

/** Plans the next send: mostly to one recipient, with some of every other kind. */
export function planSend(index: number, random: Random, means: SendMeans): PlannedSend {
  const key = `send-${index}`;
  const wantsDlr = !means.without.has('dlr') && random.below(100) < 40;
  const roll = random.below(100);
  const parent = means.answerable.at(-1);
  const text = {
    Sender: '16400',
    Content: `Hello $(name), this is [${key}]`,
    Protocol: 'SMS',
    ...(wantsDlr && { DlrUrl: means.dlrUrl }),
  };
  const to = (recipients: number) => ({
    Recipients: Array.from({ length: recipients }, (_, place) => ({
      Address: phoneOf(random),
      Personalization: { name: `N${place}` },
    })),
  });
  const post = (path: string, body: object): ApiCall => ({ method: 'POST', path, body: { ...body, RequestId: key } });

  const planned = (kind: string, call: ApiCall): PlannedSend => ({ key, kind, wantsDlr, call });

  if (roll < 2) return planned('bulk', post('/messages', { ...text, ...to(150 + random.below(250)) }));
  if (roll < 12) {
    const SendDateTime = new Date(Date.now() + 2_000 + random.below(5_000)).toISOString();
    return planned('scheduled', post('/messages', { ...text, ...to(1), SendDateTime }));
  }
  if (roll < 18 && parent !== undefined) {
    return planned('reply', post(`/messages/reply/${parent.messageId}`, { ...text, ...to(1) }));
  }
  if (roll < 22 && parent !== undefined) {
    const body = { ThreadId: parent.threadId, Content: `Answer [${key}]` };
    const call = post('/messages/discussion/reply', body);
    return { ...planned('answer', { ...call, headers: { customerid: 'crash' } }), wantsDlr: false };
  }
  if (roll < 26) {
    // Half of the numbers can't be reached by WhatsApp, so that many messages fall back to SMS.
    const Address = random.below(2) === 0 ? phoneOf(random) : phoneOf(random).replace(/\d{4}$/, '0002');
    const template = { TemplateName: means.templateName, BodyParameters: [`[${key}]`], UseSmsFallback: true };
    const dlr = wantsDlr && { DlrUrl: means.dlrUrl };
    return planned(
      'template',
      post('/messages/templates/whatsapp', { ...template, Recipients: [{ Address }], ...dlr }),
    );
  }
  const unnamed: ApiCall = { method: 'POST', path: '/messages', body: { ...text, ...to(1 + random.below(3)) } };
  if (roll < 36) return planned('keyHeader', { ...unnamed, headers: { 'idempotency-key': key } });
  if (roll < 46) {
    const headers = { 'x-ms-workflow-run-id': `run-${index}`, 'x-ms-action-tracking-id': key };
    return planned('tracked', { ...unnamed, headers });
  }
  return planned('single', post('/messages', { ...text, ...to(1 + random.below(3)) }));
}
