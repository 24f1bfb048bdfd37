import { describe, expect, test } from 'vitest';

import { attachmentRefusal } from '../../../src/conversations/attachment-rules.ts';
import { attachmentRetryDelays } from '../../../src/conversations/collect-attachments.ts';
import type { Attachment, AttachmentOutcome, InboundMessage } from '../../../src/conversations/index.ts';
import { routeInbound } from '../../../src/conversations/route-inbound.ts';
import { createInbound, directoryOf, inboundMessage, receivingService } from '../../support/labs/inbound.ts';
import { after } from '../../support/labs/kernel.ts';

const hour = 3_600_000;
const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);
const fetched: AttachmentOutcome = { outcome: 'fetched', bytes, mimeType: 'text/html' };
const busy: AttachmentOutcome = { outcome: 'retry', reason: 'the carrier is busy' };
const gone: AttachmentOutcome = { outcome: 'failed', reason: 'the carrier no longer has it' };
const refused = 'Files of this type are not accepted.';

const attachment = (number: number, details: Partial<Attachment> = {}): Attachment => ({
  id: String(number).padStart(32, '0'),
  reference: `r${number}`,
  name: `kuva ${number}.png`,
  mimeType: 'image/png',
  state: 'pending',
  ...details,
});

/** Stores a message with attachments; the carrier answers as the script says. */
async function keptMessage(
  script: Parameters<typeof createInbound>[0],
  attachments: readonly Attachment[],
  details: Partial<InboundMessage> = {},
) {
  const deps = createInbound(script);
  const message = inboundMessage({ attachments, ...details });
  await deps.inbound.store.create(message);
  return {
    deps,
    message,
    /** Routes the message once, with its queued job or a first one. */
    route: () => routeInbound(deps.inbound.queue.jobs.shift()?.job ?? { inboundId: message.id }, deps),
    read: async () => (await deps.inbound.store.read(message.id))?.message,
  };
}

describe('collecting attachments', () => {
  test('fetches and stores them as announced, until they expire, before it notifies subscribers', async () => {
    const { deps, route, read } = await keptMessage(() => fetched, [attachment(1), attachment(2)]);
    expect(await route()).toEqual({ result: 'notified', subscribers: 2 });
    expect(deps.fetched).toEqual([
      ['r1', 1_000],
      ['r2', 1_000],
    ]);
    expect(await read()).toMatchObject({
      state: 'routed',
      attachments: [attachment(1, { state: 'stored' }), attachment(2, { state: 'stored' })],
      attempts: 1,
    });
    expect(deps.notified).toEqual([await read()]);
    // The announced type counts. The type that comes with the bytes was never checked.
    expect(await deps.attachments.store.read(attachment(1).id)).toEqual({
      bytes,
      name: 'kuva 1.png',
      mimeType: 'image/png',
      expiresAt: after(48 * hour),
    });
  });

  test('marks those that it can’t fetch, and notifies subscribers anyway', async () => {
    const { deps, route, read } = await keptMessage(
      (reference) => (reference === 'r2' ? gone : fetched),
      [attachment(1), attachment(2), attachment(3, { mimeType: 'text/html' })],
    );
    expect(await route()).toEqual({ result: 'notified', subscribers: 2 });
    expect((await read())?.attachments).toEqual([
      attachment(1, { state: 'stored' }),
      attachment(2, { state: 'failed', reason: 'the carrier no longer has it' }),
      attachment(3, { state: 'failed', reason: refused, mimeType: 'text/html' }),
    ]);
    expect(deps.fetched.map(([reference]) => reference)).toEqual(['r1', 'r2']);
    expect(await deps.attachments.store.read(attachment(2).id)).toBeUndefined();
  });

  test('marks all of them if the carrier provides no attachments', async () => {
    const { deps, route, read } = await keptMessage(() => fetched, [attachment(1)], { carrier: 'another' });
    expect(await route()).toEqual({ result: 'notified', subscribers: 2 });
    expect(deps.fetched).toEqual([]);
    expect((await read())?.attachments).toEqual([
      attachment(1, { state: 'failed', reason: 'The carrier does not provide attachments.' }),
    ]);
  });

  test('does not fetch stored or failed ones again', async () => {
    const settled = [attachment(1, { state: 'stored' }), attachment(2, { state: 'failed', reason: 'x' })];
    const { deps, route, read } = await keptMessage(() => fetched, settled, { attempts: 2 });
    await route();
    expect(deps.fetched).toEqual([]);
    expect(await read()).toMatchObject({ state: 'routed', attachments: settled, attempts: 2 });
  });

  test('stores those of an unrouted message, for when a service matches later', async () => {
    const { deps, route, read, message } = await keptMessage(() => fetched, [attachment(1)], { recipient: '99999' });
    expect(await route()).toEqual({ result: 'unrouted' });
    expect(await read()).toEqual({
      ...message,
      state: 'unrouted',
      attachments: [attachment(1, { state: 'stored' })],
      attempts: 1,
    });
    expect(deps.fetched).toHaveLength(1);
  });
});

describe('attachments that the carrier does not provide yet', () => {
  test('delay the message by 2, 10 and 60 seconds, then it arrives without them', async () => {
    const { deps, message, route, read } = await keptMessage(() => busy, [attachment(1)]);
    expect(attachmentRetryDelays).toEqual([2, 10, 60]);
    for (const [index, delaySeconds] of [2, 10, 60].entries()) {
      expect(await route()).toEqual({ result: 'waitsForAttachments' });
      expect(await read()).toEqual({ ...message, attempts: index + 1 });
      expect(deps.inbound.queue.jobs).toEqual([{ job: { inboundId: message.id }, delaySeconds }]);
      expect(deps.notified).toEqual([]);
    }
    expect(await route()).toEqual({ result: 'notified', subscribers: 2 });
    expect(await read()).toMatchObject({
      state: 'routed',
      attachments: [attachment(1, { state: 'failed', reason: 'the carrier is busy' })],
      attempts: 4,
    });
    expect(deps.fetched).toHaveLength(4);
    expect(deps.inbound.queue.jobs).toEqual([]);
  });

  test('are fetched again, and no others are', async () => {
    const lost = attachment(3, { state: 'failed', reason: 'x' });
    const { deps, route, read } = await keptMessage(
      (reference, call) => (reference === 'r2' && call < 3 ? busy : fetched),
      [attachment(1), attachment(2), lost],
    );
    expect(await route()).toEqual({ result: 'waitsForAttachments' });
    expect((await read())?.attachments).toEqual([attachment(1, { state: 'stored' }), attachment(2), lost]);
    deps.setNow(after(2_000));
    expect(await route()).toEqual({ result: 'notified', subscribers: 2 });
    expect(deps.fetched.map(([reference]) => reference)).toEqual(['r1', 'r2', 'r2']);
    expect((await deps.attachments.store.read(attachment(2).id))?.expiresAt).toEqual(after(48 * hour + 2_000));
    expect(deps.notified[0]?.attachments.map(({ state }) => state)).toEqual(['stored', 'stored', 'failed']);
  });

  test('keep the operator’s reroute: the message leaves the unrouted list when it arrives', async () => {
    const { deps, message, route } = await keptMessage((_, call) => (call === 1 ? busy : fetched), [attachment(1)]);
    await deps.inbound.store.recordUnrouted(message);
    const job = { inboundId: message.id, again: true } as const;
    expect(await routeInbound(job, deps)).toEqual({ result: 'waitsForAttachments' });
    expect(deps.inbound.queue.jobs).toEqual([{ job, delaySeconds: 2 }]);
    expect(await route()).toEqual({ result: 'notified', subscribers: 2 });
    expect(await deps.inbound.store.listUnrouted(10)).toEqual([]);
  });

  test('count no attempt if an attachment could not be stored', async () => {
    const { deps, route, read, message } = await keptMessage(() => fetched, [attachment(1)]);
    const put = async () => {
      throw new Error('no room');
    };
    const full = { ...deps, attachments: { ...deps.attachments, store: { ...deps.attachments.store, put } } };
    await expect(routeInbound({ inboundId: message.id }, full)).rejects.toThrow('no room');
    expect(await read()).toEqual(message);
    expect(await route()).toEqual({ result: 'notified', subscribers: 2 });
  });

  test('leave the routing to the directory at the time when they are complete', async () => {
    const { deps, route, read } = await keptMessage((_, call) => (call === 1 ? busy : fetched), [attachment(1)]);
    await route();
    deps.directory = directoryOf({ other: [receivingService('new')] });
    await route();
    expect(await read()).toMatchObject({ customerId: 'other', serviceId: 'new' });
  });
});

/** Splits a text with types that are separated by spaces. */
const types = (text: string): string[] => text.trim().split(/\s+/);

describe('attachment types', () => {
  test.each([
    ...types('image/jpeg image/png IMAGE/PNG image/webp image/vnd.microsoft.icon audio/amr audio/ogg video/3gpp'),
    ...types('text/plain text/csv text/vcard text/x-vcard text/calendar application/pdf application/msword'),
    ...types('application/rtf application/zip application/json application/ogg application/vnd.ms-excel'),
    ...types('application/vnd.ms-powerpoint application/vnd.oasis.opendocument.text'),
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'audio/ogg; codecs=opus',
    'text/plain;charset=utf-8',
    ' video/mp4 ',
  ])('accepts %j', (type) => {
    expect(attachmentRefusal(type)).toBeUndefined();
  });

  test.each([
    ...types('; image image/ /png image/png/x text/html TEXT/HTML image/svg+xml text/javascript text/xml text/htmlx'),
    ...types('application/xhtml+xml application/javascript application/octet-stream application/x-msdownload'),
    ...types('application/pdfx xapplication/pdf application/vnd.ms-excel.x text/plainx ximage/png'),
    ...types('application/vnd.openxmlformats-officedocument. multipart/mixed message/rfc822 font/woff model/obj'),
    '',
    'image/ png',
    'x image/png',
    'image/png\n<x',
    'text/html; x=image/png',
    'Image/SVG+XML; charset=utf-8',
  ])('refuses %j', (type) => {
    expect(attachmentRefusal(type)).toBe(refused);
  });
});
