import type { Page, TimeSpan } from '../../core/page.ts';
import { timeInId } from '../../core/time-ordered-id.ts';
import { odata } from './odata.ts';
import type { Page as RowPage, PageQuery, Table } from './open-table.ts';

const shards = 256;

/** Returns the two hexadecimal digits of a shard. */
const shardName = (shard: number): string => shard.toString(16).padStart(2, '0');

/**
 * Reads one page of a table whose keys begin with a shard and a time. A time span is one range in each shard, so no
 * other rows are read.
 *
 * @param queryOf makes the query for a shard
 * @param from where the page begins: the `next` of the page before; default: the first shard
 */
export async function readShardPage(
  table: Pick<Table, 'listPage'>,
  queryOf: (shard: string) => PageQuery,
  from = '00',
): Promise<RowPage> {
  const [shard = '00', token] = from.split(' ', 2);
  const page = await table.listPage(queryOf(shard), token);
  if (page.next !== undefined) return { rows: page.rows, next: `${shard} ${page.next}` };
  const following = Number.parseInt(shard, 16) + 1;
  return { rows: page.rows, ...(following < shards ? { next: shardName(following) } : {}) };
}

/** Which rows to look for in a table whose ids begin with a shard and a time. */
export interface DueQuery {
  span: TimeSpan;
  /** Where the page begins: the `next` of the page before. */
  from: string | undefined;
  /** The letter before the shard, if ids of this kind have one. */
  letter?: string;
  /** A further condition, as an OData filter. */
  condition?: string;
  /** Columns to read in addition to the keys; default: all. */
  columns?: string[];
}

/** Lists a page of the items that are due in a time span. `itemsOf` makes the items from the page's rows. */
export async function listDue<Item>(
  table: Pick<Table, 'listPage'>,
  { span, from, letter = '', condition, columns }: DueQuery,
  itemsOf: (rows: RowPage['rows']) => readonly Item[],
): Promise<Page<Item>> {
  const queryOf = (shard: string): PageQuery => {
    const [first, last] = [span.from, span.to].map((time) => letter + shard + timeInId(time));
    const isDue = odata`PartitionKey ge ${first ?? ''} and PartitionKey lt ${last ?? ''}`;
    const filter = condition === undefined ? isDue : `${isDue} and ${condition}`;
    return { filter, ...(columns === undefined ? {} : { columns }) };
  };
  const { rows, next } = await readShardPage(table, queryOf, from);
  return { items: itemsOf(rows), ...(next === undefined ? {} : { next }) };
}
