/** The record of a timer: when it runs, and what it does then. */
export interface Timer<World> {
  name: string;
  /** NCRONTAB in UTC: second, minute, hour, day, month, day of the week. */
  schedule: string;
  /** Resolves to what happened, for the log. */
  run: (world: World) => Promise<Readonly<Record<string, unknown>>>;
}
