/** A timer: when it runs, and what it does. */
export interface Timer<Deps> {
  name: string;
  /** NCRONTAB in UTC: second, minute, hour, day, month, day of the week. */
  schedule: string;
  /** Runs once per schedule. Resolves to fields for the log. */
  run: (deps: Deps) => Promise<Readonly<Record<string, unknown>>>;
}
