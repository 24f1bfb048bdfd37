import type { Page, TimeSpan } from '../../core/page.ts';
import { timeInId } from '../../core/time-ordered-id.ts';
import { odata } from './odata.ts';
import type { Page as RowPage, PageQuery, Table } from './open-table.ts';

const shards = 256;

/** The two digits of a shard. */
const shardName = (shard: number): string => shard.toString(16).padStart(2, '0');

/**
 * One page of a table whose ids begin with a shard and a time: what is old is one range in each shard, and nothing else
 * is read.
 *
 * @param from the shard, and where in it the page begins; what the step before gave
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

/** What is looked for among rows whose ids have a shard and a time. */
export interface DueQuery {
  span: TimeSpan;
  /** Where the page begins; what the one before gave. */
  from: string | undefined;
  /** The letter before the shard, where such ids have one. */
  letter?: string;
  /** What else must hold, as an OData filter. */
  condition?: string;
  /** Beside the keys; absent: all. */
  columns?: string[];
}

/** A page of what was or will be due in a span, made of its rows. */
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
