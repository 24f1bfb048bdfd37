import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { omitPersonal } from '../../src/core/privacy.ts';
import type { AnyPrivacy } from '../../src/core/privacy.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { messageHeaderPrivacy } from '../../src/messages/stored-form.ts';
import type { MessageHeader } from '../../src/messages/index.ts';
import { createBlobAttachmentStore } from '../../src/storage/blobs/attachment-store.ts';
import { containerPrivacy, tablePrivacy } from '../../src/storage/stored-privacy.ts';
import { forgetPhone } from '../../src/storage/tables/forget-phone.ts';
import { createTableMessageStore } from '../../src/storage/tables/message-store.ts';
import { createPlanter, tracesIn } from '../support/tools/plant-personal.ts';
import { containersOf, tablesOf, textsOfBlobs, textsOfTables } from '../support/tools/stored-data.ts';
import type { StoredText } from '../support/tools/stored-data.ts';
import { declaredColumns, undeclaredColumns } from '../support/tools/undeclared-columns.ts';
import { phone, plainKinds, storeEverything } from './everything-stored.ts';

/*
 * These tests store one of everything, with a mark in each text that a declaration calls personal. So fields that are
 * declared later get marks without a change here, and a column without a declaration is reported.
 */

const azurite = await startAzurite({});
afterAll(() => azurite.stop());
const { connectionString } = azurite;

const { plant, planted } = createPlanter(phone);
let alone: MessageHeader;
let tables: readonly StoredText[];
let blobs: readonly StoredText[];
beforeAll(async () => {
  alone = await storeEverything({ storage: azurite, plant });
  tables = await textsOfTables(connectionString);
  blobs = await textsOfBlobs(connectionString);
});

test('one of every declared table, container and kind of row is stored here, and nothing else', async () => {
  expect(await tablesOf(connectionString)).toEqual(Object.keys(tablePrivacy).sort());
  expect(await containersOf(connectionString)).toEqual(Object.keys(containerPrivacy).sort());
  const kinds = Object.entries(tablePrivacy).flatMap(([table, rows]) =>
    Object.keys(rows).map((row) => `${table}.${row}`),
  );
  expect([...planted().kinds, ...plainKinds].sort()).toEqual([...kinds, ...Object.keys(containerPrivacy)].sort());
});

test('every text column, and every key of metadata, says what it holds', () => {
  const metadata = blobs.flatMap(({ store, column, text }) =>
    column.startsWith('metadata.') ? [{ store, column: column.slice('metadata.'.length), text }] : [],
  );
  expect(metadata.map(({ column }) => column)).toContain('name');
  expect(undeclaredColumns([...tables, ...metadata])).toEqual([]);
});

test('once a number is forgotten, no row or blob has anything personal of it', async () => {
  // Check that each mark was stored: otherwise its absence would prove nothing.
  const before = [...tables, ...blobs].map(({ text }) => text).join('\n');
  expect(planted().marks.filter((mark) => !before.includes(mark))).toEqual([]);
  const attachments = createBlobAttachmentStore(azurite);
  await forgetPhone(azurite, { phone, apply: true, optOuts: true, attachments });
  const after = [...(await textsOfTables(connectionString)), ...(await textsOfBlobs(connectionString))];
  const left = after.flatMap(({ store, column, text }) =>
    tracesIn(text, phone).map((trace) => `${store}: column ${column} still has ${trace}`),
  );
  expect([...new Set(left)]).toEqual([]);
});

test('the header of a message to the number alone keeps everything that is not personal', async () => {
  const found = await createTableMessageStore(azurite).readHeader(alone.messageId);
  expect(omitPersonal(found!, messageHeaderPrivacy)).toEqual(omitPersonal(alone, messageHeaderPrivacy));
});

/** Lists the texts of a declaration that are kept although they may be personal, with the reasons. */
function keptIn(path: string, privacy: AnyPrivacy): string[] {
  if (typeof privacy === 'string') return privacy.startsWith('kept: ') ? [`${path}: ${privacy.slice(6)}`] : [];
  if (Array.isArray(privacy)) return keptIn(path, (privacy as readonly [AnyPrivacy])[0]);
  return Object.entries(privacy).flatMap(([name, field]) => keptIn(`${path}.${name}`, field));
}

test('the document on privacy lists what is kept although it may be personal, with the reasons', () => {
  const declared = Object.keys({ ...tablePrivacy, ...containerPrivacy }).flatMap((store) =>
    declaredColumns(store).flatMap((columns) => keptIn(store, columns)),
  );
  const document = readFileSync(new URL('../../infra/docs/privacy.md', import.meta.url), 'utf8');
  const rows = document.matchAll(/^\| `(\w+)`\s*\| `([\w.]+)`\s*\| (.*?)\s*\|$/gm);
  const listed = [...rows].map(([, table, path, reason]) => `${table}.${path}: ${reason}`);
  expect(listed.sort()).toEqual(declared.sort());
});
