import type { Page } from '../../../src/core/page.ts';

/** Reads all pages; resolves to all items. */
export async function allPages<Item>(page: (from?: string) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let from: string | undefined;
  do {
    const found = await page(from);
    items.push(...found.items);
    from = found.next;
  } while (from !== undefined);
  return items;
}
