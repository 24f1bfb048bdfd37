/** The record of a timer: when it runs, and what it does then. */
export interface Timer<Deps> {
  name: string;
  /** NCRONTAB in UTC: second, minute, hour, day, month, day of the week. */
  schedule: string;
  /** Resolves to what happened, for the log. */
  run: (deps: Deps) => Promise<Readonly<Record<string, unknown>>>;
}
