import { createHash } from 'node:crypto';

import type { MediaKind, NewTemplate, Template, TemplateButton, TemplateStore } from '../../templates/index.ts';
import type { StorageConnection } from '../connection.ts';
import type { Row } from './entity.ts';
import { deleteUnchanged } from './delete-rows.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';
import { openTable, unless, unlessChanged } from './open-table.ts';
import { odata } from './odata.ts';

/**
 * Keeps templates in the table `templates`; the templates of a customer are one partition. Row keys begin with a hash
 * of the customer's id, so that they are unique over the whole table: Azurite looks rows up by row key first and slows
 * down if many rows share one.
 */
export function createTableTemplateStore(connection: StorageConnection): TemplateStore {
  const table = openTable(connection, 'templates');

  return {
    async create(template) {
      const version = await unless(table.insert(rowOf(template)), undefined, 'EntityAlreadyExists');
      return version === undefined ? 'exists' : { template, version };
    },

    async read(customerId, name) {
      // Callers can send any text, and storage refuses some characters in keys.
      if (!namePattern.test(name)) return undefined;
      const { partitionKey, rowKey } = keysOf({ customerId, name });
      const row = await table.find(partitionKey, rowKey);
      return row && { template: templateOf(row), version: row.etag };
    },

    async list(customerId) {
      return (await table.list(odata`PartitionKey eq ${partitionOf(customerId)}`)).map(templateOf);
    },

    async replace({ version }, next) {
      const replaced = await unlessChanged(table.replace(rowOf(next), version), undefined);
      return replaced === undefined ? 'conflict' : { template: next, version: replaced };
    },

    async update(customerId, name, { updatedAt, ...changes }) {
      const row = {
        ...keysOf({ customerId, name }),
        ...changes,
        // A new status replaces the old reason. A merge can't remove a column, so an absent reason is an empty text.
        ...('status' in changes ? { reason: changes.reason ?? '' } : {}),
        updatedAt: updatedAt.toISOString(),
      };
      const answer = await unless(table.merge(row), undefined, 'ResourceNotFound');
      return answer === undefined ? 'absent' : 'updated';
    },

    async remove({ template, version }) {
      await deleteUnchanged(table, { ...keysOf(template), etag: version });
    },
  };
}

/** What the names of templates look like. */
const namePattern = /^[a-z0-9_]{1,512}$/;

/** Returns the partition key of a customer's templates: a hash, because ids may contain characters that keys can't. */
function partitionOf(customerId: string): string {
  return createHash('sha256').update(customerId).digest('hex').slice(0, 32);
}

function keysOf({ customerId, name }: Pick<NewTemplate, 'customerId' | 'name'>) {
  const partitionKey = partitionOf(customerId);
  return { partitionKey, rowKey: `${partitionKey}.${name}` };
}

/**
 * Converts a template to its row. Buttons are a long text; an absent field is an empty text.
 *
 * @throws RangeError if the row is larger than Azure accepts
 */
function rowOf({ buttons, createdAt, updatedAt, ...texts }: Template) {
  return guardEntitySize({
    ...keysOf(texts),
    headerText: '',
    attachmentUrl: '',
    attachmentKind: '',
    reason: '',
    carrierReference: '',
    ...texts,
    ...writeLongText('buttons', JSON.stringify(buttons.map(({ type, label, data }) => [type, label, data]))),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  });
}

/** Converts a row to its template; the inverse of {@link rowOf}. */
function templateOf(row: Row): Template {
  const text = (name: string): string => {
    const value = row[name];
    return typeof value === 'string' ? value : '';
  };
  const buttons = JSON.parse(readLongText('buttons', row)) as [TemplateButton['type'], string, string][];
  return {
    customerId: text('customerId'),
    identity: text('identity'),
    name: text('name'),
    displayName: text('displayName'),
    language: text('language'),
    category: text('category') as Template['category'],
    content: text('content'),
    buttons: buttons.map(([type, label, data]) => ({ type, label, data })),
    status: text('status') as Template['status'],
    createdAt: new Date(text('createdAt')),
    updatedAt: new Date(text('updatedAt')),
    ...(text('headerText') === '' ? {} : { headerText: text('headerText') }),
    ...(text('attachmentUrl') === '' ? {} : { attachmentUrl: text('attachmentUrl') }),
    ...(text('attachmentKind') === '' ? {} : { attachmentKind: text('attachmentKind') as MediaKind }),
    ...(text('reason') === '' ? {} : { reason: text('reason') }),
    ...(text('carrierReference') === '' ? {} : { carrierReference: text('carrierReference') }),
  };
}
