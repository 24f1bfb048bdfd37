/** Something that the app works with can't be had at the moment. Its caller may come again: nothing is wrong with the call. */
export class UnavailableError extends Error {
  /** What can't be had, as the beginning of a sentence: "The storage". */
  readonly what: string;

  constructor(what: string, cause: unknown) {
    super(`${what} is not available`, { cause });
    this.name = 'UnavailableError';
    this.what = what;
  }
}
