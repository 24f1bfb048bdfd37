import { createHash } from 'node:crypto';

import type { MediaKind, NewTemplate, Template, TemplateButton, TemplateStore } from '../../templates/index.ts';
import type { StorageConnection } from '../connection.ts';
import type { Row } from './entity.ts';
import { deleteUnchanged } from './delete-rows.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';
import { openTable, unless, unlessChanged } from './open-table.ts';
import { odata } from './odata.ts';

/**
 * Keeps templates in the table `templates`: a customer's are one partition. Row keys begin with the customer, so that
 * they are unique over the whole table: Azurite finds rows by row key first and slows down where many share one.
 */
export function createTableTemplateStore(connection: StorageConnection): TemplateStore {
  const table = openTable(connection, 'templates');

  return {
    async create(template) {
      const version = await unless(table.insert(rowOf(template)), undefined, 'EntityAlreadyExists');
      return version === undefined ? 'exists' : { template, version };
    },

    async read(customerId, name) {
      // Callers send any text, and storage fails on a key that can't be one.
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
        // A merge can't remove a column.
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

/** What names of templates are made of. */
const namePattern = /^[a-z0-9_]{1,512}$/;

/** Ids may hold characters that keys can't; a template's name has none. */
function partitionOf(customerId: string): string {
  return createHash('sha256').update(customerId).digest('hex').slice(0, 32);
}

function keysOf({ customerId, name }: Pick<NewTemplate, 'customerId' | 'name'>) {
  const partitionKey = partitionOf(customerId);
  return { partitionKey, rowKey: `${partitionKey}.${name}` };
}

/** Empty text stands for what a template doesn't have. */
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
