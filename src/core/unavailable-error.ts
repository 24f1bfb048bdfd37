/** A system that the app depends on is not available at the moment. The call itself is fine and may be repeated. */
export class UnavailableError extends Error {
  /** The name of the system, as the beginning of a sentence: "The storage". */
  readonly what: string;

  constructor(what: string, cause: unknown) {
    super(`${what} is not available`, { cause });
    this.name = 'UnavailableError';
    this.what = what;
  }
}
