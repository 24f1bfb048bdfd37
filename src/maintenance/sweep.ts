/** A span of time, its end excluded. */
export interface Span {
  from: Date;
  to: Date;
}

/** Some of what is looked for, and where to go on; absent at the end. */
export interface Found<Item> {
  items: readonly Item[];
  next?: string;
}

/** The record of a look at work of a certain age: how old it is then, how often it is done, and what it does. */
export interface Look<Deps> {
  /** Names it in the log, and how far it got among those of other looks. */
  name: string;
  /** How long work is due when it is looked at, in seconds; less than 0 for what is to come. */
  ageSeconds: (deps: Deps) => number;
  /** How often to look, in seconds. */
  everySeconds: (deps: Deps) => number;
  /** In how many places the work lies, each of which is looked at by itself; one unless given. */
  accounts?: (deps: Deps) => number;
  /** Looks at a page of what was due in a span, in one of the places. Harmless when repeated. */
  step: (page: LookPage, deps: Deps) => Promise<LookStep>;
}

/** What one step looks at. */
interface LookPage {
  span: Span;
  /** Where the page begins: what the step before gave. */
  from: string | undefined;
  account: number;
}

/** What one step did. */
export interface LookStep {
  done: number;
  /** Where to go on; absent at the end. */
  next?: string;
  /** What went wrong with single things, which keeps none of the others from being looked at. */
  failures?: readonly unknown[];
}

/** Settings of the looks for work that nobody has in hand. */
export interface StalledDeps {
  /** How long work may lie untouched before it is queued again, in seconds. */
  repairAfterSeconds: number;
  now: () => Date;
}

/** As multiples of `repairAfterSeconds`: what is lost again after the first look is found by a later one. */
const repairTiers = [1, 12, 288, 2_016] as const;

/** The looks that find forgotten work of one kind: usually after 5 minutes, an hour, a day and a week. */
export function defineRepairs<Deps extends StalledDeps>(
  name: string,
  step: Look<Deps>['step'],
  accounts?: (deps: Deps) => number,
): readonly Look<Deps>[] {
  return repairTiers.map((tier) => ({
    name: `${name}-${tier}`,
    ageSeconds: ({ repairAfterSeconds }) => tier * repairAfterSeconds,
    everySeconds: ({ repairAfterSeconds }) => Math.ceil((tier * repairAfterSeconds) / 5),
    step,
    ...(accounts === undefined ? {} : { accounts }),
  }));
}

/**
 * Whether nobody has had work in hand for long enough that its queue message must be lost.
 *
 * @param touched times at which it was written, is due or is somebody's; absent ones don't count
 */
export function isForgotten(touched: readonly (Date | undefined)[], { repairAfterSeconds, now }: StalledDeps): boolean {
  const latest = Math.max(...touched.map((time) => time?.getTime() ?? 0));
  // A little less than the age at which it is looked at, or what was queued late would be passed over.
  return now().getTime() - latest >= repairAfterSeconds * 800;
}
