import { randomUUID } from 'node:crypto';

import type { Reason } from './outcomes.ts';
import type { Owed } from './reports.ts';
import type { SubmittedTemplate } from './template-submission.ts';

/** A submission that the carrier took, as it is kept. */
interface TakenTemplate {
  template: SubmittedTemplate;
  reference: string;
  reportUrl: string;
  /** Unix time in milliseconds. */
  receivedAt: number;
}

/** What happened; the journal's lines. */
export type TemplateEntry =
  | { kind: 'templateTaken'; taken: TakenTemplate }
  | { kind: 'templateReported'; keys: string[] };

type Verdict = 'approved' | 'rejected';

/** The verdict on a template that a client has yet to hear. */
export interface OwedVerdict extends Owed {
  identity: string;
  name: string;
  status: Verdict;
  reason?: string;
}

/** One template as the listing shows it. */
interface ListedTemplate extends SubmittedTemplate {
  /** The carrier's own reference. */
  id: string;
  status: 'pending' | Verdict;
  /** ISO 8601, UTC. */
  receivedAt: string;
}

/** The templates that the carrier manages. */
export interface TemplateShelf {
  /** Brings back what the journal kept. */
  apply(entry: TemplateEntry): void;
  /** Takes a template, or refuses another one under a name that is taken. */
  submit(
    template: SubmittedTemplate,
    reportUrl: string,
    now: number,
  ): { refused: Reason } | { reference: string; entry: TemplateEntry; owed: OwedVerdict[] };
  /** Verdicts that no entry says were reported. */
  owed(): OwedVerdict[];
  /** All templates, newest first. */
  list(now: number): ListedTemplate[];
}

const verdictOn = ({ displayName }: SubmittedTemplate): { status: Verdict; reason?: string } =>
  /reject/i.test(displayName)
    ? { status: 'rejected', reason: 'INVALID_FORMAT: the display name asks for a rejection.' }
    : { status: 'approved' };

/** Whether an entry of the journal is about templates. */
export function isTemplateEntry(entry: { kind: string }): entry is TemplateEntry {
  return entry.kind === 'templateTaken' || entry.kind === 'templateReported';
}

/**
 * A template is approved `approvalMs` after it came, or rejected where its display name contains "reject". The same
 * template again gets the same reference, and its client the verdict once more.
 */
export function createTemplateShelf(approvalMs: number): TemplateShelf {
  /** Every submission of a template, the first one first. */
  const taken = new Map<string, TakenTemplate[]>();
  const reportedKeys = new Set<string>();
  const keyOf = ({ identity, name }: SubmittedTemplate): string => JSON.stringify([identity, name]);

  const owedFor = (submission: TakenTemplate, index: number): OwedVerdict => {
    const { template, reference, reportUrl, receivedAt } = submission;
    const { identity, name } = template;
    const dueAt = receivedAt + approvalMs;
    return { key: `${reference}/${index}`, reportUrl, dueAt, identity, name, ...verdictOn(template) };
  };

  const shelf: TemplateShelf = {
    apply(entry) {
      if (entry.kind === 'templateReported') {
        for (const key of entry.keys) reportedKeys.add(key);
        return;
      }
      const key = keyOf(entry.taken.template);
      taken.set(key, [...(taken.get(key) ?? []), entry.taken]);
    },

    submit(template, reportUrl, receivedAt) {
      const submissions = taken.get(keyOf(template)) ?? [];
      const [first] = submissions;
      if (first !== undefined && JSON.stringify(first.template) !== JSON.stringify(template)) {
        return { refused: { code: 'TemplateExists', message: `There is another template named ${template.name}.` } };
      }
      const reference = first?.reference ?? `sim-template-${randomUUID()}`;
      const submission = { template, reference, reportUrl, receivedAt };
      const entry: TemplateEntry = { kind: 'templateTaken', taken: submission };
      shelf.apply(entry);
      return { reference, entry, owed: [owedFor(submission, submissions.length)] };
    },

    owed: () => [...taken.values()].flatMap((list) => list.map(owedFor)).filter(({ key }) => !reportedKeys.has(key)),

    list: (now) =>
      [...taken.values()]
        .flatMap(([first]) => first ?? [])
        .reverse()
        .map(({ template, reference, receivedAt }) => ({
          ...template,
          id: reference,
          status: now >= receivedAt + approvalMs ? verdictOn(template).status : 'pending',
          receivedAt: new Date(receivedAt).toISOString(),
        })),
  };
  return shelf;
}
