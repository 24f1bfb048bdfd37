import type { Span } from '../../operation/define-look.ts';
import { odata } from './odata.ts';
import type { Page, PageQuery, Table } from './open-table.ts';

const shards = 256;
const timeDigits = 12;

/** A time as ids carry it, in hexadecimal milliseconds; ids that begin with less are older. */
export const timeInId = (time: Date): string => time.getTime().toString(16).padStart(timeDigits, '0');

/** The first shard's two digits, where a sweep has no position yet. */
const shardName = (shard: number): string => shard.toString(16).padStart(2, '0');

/**
 * An OData filter for what in a shard was due in a span.
 *
 * @param prefix what ids begin with: the shard, and a letter before it where such ids have one
 */
export const dueIn = (prefix: string, { from, to }: Span): string =>
  odata`PartitionKey ge ${prefix + timeInId(from)} and PartitionKey lt ${prefix + timeInId(to)}`;

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
): Promise<Page> {
  const [shard = '00', token] = from.split(' ', 2);
  const page = await table.listPage(queryOf(shard), token);
  if (page.next !== undefined) return { rows: page.rows, next: `${shard} ${page.next}` };
  const following = Number.parseInt(shard, 16) + 1;
  return { rows: page.rows, ...(following < shards ? { next: shardName(following) } : {}) };
}
