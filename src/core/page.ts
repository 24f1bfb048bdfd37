/** A span of time, without its end. */
export interface TimeSpan {
  from: Date;
  to: Date;
}

/** One page of a list. `next` is where the next page begins; absent on the last page. */
export interface Page<Item> {
  items: readonly Item[];
  next?: string;
}
