/** A span of time, its end excluded. */
export interface TimeSpan {
  from: Date;
  to: Date;
}

/** Some of what was asked for, and where the next page begins; `next` is absent at the end. */
export interface Page<Item> {
  items: readonly Item[];
  next?: string;
}
