import { describe, expect, test } from 'vitest';

import { createRecentIds, sendMessage } from '../../../../src/messages/index.ts';
import type { AcceptDeps, MarketingOptOutsDeps } from '../../../../src/messages/index.ts';
import { fingerprintOf, requestKeyOf } from '../../../../src/messages/accept/request-key.ts';
import { callOperation, problemsOf, testNow } from '../../../support/labs/kernel.ts';
import { createMessaging, sendBody } from '../../../support/labs/messaging.ts';

const run = 'x-ms-workflow-run-id';
const client = 'x-ms-client-tracking-id';
const action = 'x-ms-action-tracking-id';
const day = 24 * 3_600_000;

type Headers = Readonly<Record<string, string>>;

const requestContent = { body: 'Hei' };
const fingerprint = fingerprintOf(requestContent);

const keyOf = (headers: Headers, requestId?: string, byTracking = true) =>
  requestKeyOf({ requestId, requestContent, header: (name) => headers[name] ?? null }, byTracking);

describe('the key of a request', () => {
  test('is its request id, otherwise the Idempotency-Key, for seven days', () => {
    const given = (key: string) => ({ key, fingerprint, memoryMs: 7 * day });
    expect(keyOf({ 'idempotency-key': 'header' }, 'body')).toEqual(given('body'));
    expect(keyOf({ 'idempotency-key': ' header ' })).toEqual(given('header'));
    expect(keyOf({ 'idempotency-key': 'header', [run]: 'r', [action]: 'a' })).toEqual(given('header'));
  });

  test('is otherwise made of run, action and content, for a day', () => {
    const key = keyOf({ [run]: 'r', [action]: 'a' });
    expect(key).toMatchObject({ fingerprint, memoryMs: day });
    expect(key?.key.trimEnd()).toBe(`tracked r a ${fingerprint}`);
    expect(keyOf({ [client]: 'r', [action]: 'a' })).toEqual(key);
    expect(keyOf({ [client]: 'other', [run]: 'r', [action]: 'a' })).toEqual(key);
    // No request id, which has at most 1,000 characters, can equal such a key.
    expect(key?.key.length).toBeGreaterThan(1_000);
  });

  test.each<[string, Headers]>([
    ['no header', {}],
    ['an empty key', { 'idempotency-key': ' ' }],
    ['the run alone', { [run]: 'r' }],
    ['the action alone', { [action]: 'a' }],
    ['an empty action', { [run]: 'r', [action]: '' }],
    ['a run that is not an id', { [run]: 'a b', [action]: 'a' }],
    ['an action that is too long', { [run]: 'r', [action]: 'a'.repeat(201) }],
  ])('is absent with %s', (_, headers) => {
    expect(keyOf(headers)).toBeUndefined();
  });

  test('ignores the headers of the runtime if they are switched off', () => {
    expect(keyOf({ [run]: 'r', [action]: 'a' }, undefined, false)).toBeUndefined();
  });

  test('has a fingerprint that ignores the order of fields but not that of lists', () => {
    expect(fingerprintOf({ a: 1, b: { c: 2, d: 3 } })).toBe(fingerprintOf({ b: { d: 3, c: 2 }, a: 1 }));
    expect(fingerprintOf({ a: [1, 2] })).not.toBe(fingerprintOf({ a: [2, 1] }));
    // A placeholder may have any name.
    expect(fingerprintOf({ values: { RequestId: '1' } })).not.toBe(fingerprintOf({ values: { RequestId: '2' } }));
  });
});

describe('a send', () => {
  const base = { 'customer-id': 'demo', 'service-id': 'demo-oneway' };
  const tracked = { ...base, [run]: 'run-1', [action]: 'action-1' };
  type Deps = AcceptDeps & MarketingOptOutsDeps;

  async function send(deps: Deps, headers: Headers, json: object = sendBody(), at = testNow) {
    const { answer } = await callOperation(sendMessage, { headers, json }, deps, { now: () => at });
    const { MessageId: id } = (answer.jsonBody ?? {}) as { MessageId?: string };
    return { answer, id, replayed: answer.headers['Idempotent-Replay'] };
  }

  test('that the platform repeats without a request id sends nothing', async () => {
    const deps = createMessaging();
    const first = await send(deps, tracked);
    const again = await send({ ...deps, messages: { ...deps.messages, recentlyQueued: createRecentIds() } }, tracked);
    expect(again).toMatchObject({ id: first.id, replayed: 'true' });
    expect(first.replayed).toBeUndefined();
  });

  test.each<[string, Headers, object]>([
    ['another run', { ...tracked, [run]: 'run-2' }, sendBody()],
    ['another action', { ...tracked, [action]: 'action-2' }, sendBody()],
    ['another text', tracked, sendBody({ Content: 'Moi!' })],
    ['another recipient', tracked, sendBody({ Recipients: [{ Address: '358401234568' }] })],
    ['no such headers', base, sendBody()],
  ])('with %s is another message', async (_, headers, json) => {
    const deps = createMessaging();
    const first = await send(deps, tracked);
    const second = await send(deps, headers, json);
    expect(second.id).toMatch(/^[0-9a-f]{32}$/);
    expect([second.id === first.id, second.replayed]).toEqual([false, undefined]);
  });

  test('is another message after a day, or if the setting is off', async () => {
    const deps = createMessaging();
    const first = await send(deps, tracked);
    expect((await send(deps, tracked, sendBody(), new Date(testNow.getTime() + day))).id).toBe(first.id);
    const later = await send(deps, tracked, sendBody(), new Date(testNow.getTime() + day + 1));
    expect(later.id).not.toBe(first.id);
    const messaging = createMessaging();
    const off = { ...messaging, messages: { ...messaging.messages, keysByTracking: false } };
    expect((await send(off, tracked)).id).not.toBe((await send(off, tracked)).id);
  });

  test('accepts a key as RequestId or header, and refuses it for another request', async () => {
    const deps = createMessaging();
    const first = await send(deps, { ...base, 'idempotency-key': 'k' });
    expect((await send(deps, base, sendBody({ RequestId: 'k' }))).id).toBe(first.id);
    const other = await send(deps, { ...base, 'idempotency-key': 'k' }, sendBody({ Content: 'Moi!' }));
    expect([other.answer.status, problemsOf(other.answer)]).toEqual([422, [['RequestIdReused', 'Idempotency-Key']]]);
  });

  test('with an Idempotency-Key that is too long is refused, and nothing is stored or queued', async () => {
    const deps = createMessaging();
    const { answer } = await send(deps, { ...base, 'idempotency-key': 'k'.repeat(1_001) });
    expect([answer.status, problemsOf(answer)]).toEqual([400, [['InvalidParameter', 'Idempotency-Key']]]);
    expect(deps.messages.queue.jobs).toEqual([]);
  });
});
