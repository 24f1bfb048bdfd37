import { randomUUID } from 'node:crypto';

import type { Reason } from './outcomes.ts';
import type { Owed } from './reports.ts';
import type { SubmittedTemplate } from './template-submission.ts';

/** A submission that the carrier accepted, as it is stored. */
interface TakenTemplate {
  template: SubmittedTemplate;
  reference: string;
  reportUrl: string;
  /** Unix time in milliseconds. */
  receivedAt: number;
}

/** A line of the journal about templates. */
export type TemplateEntry =
  | { kind: 'templateTaken'; taken: TakenTemplate }
  | { kind: 'templateReported'; keys: string[] };

type FinalStatus = 'approved' | 'rejected';

/** A template status update that the client has not confirmed yet. */
export interface OwedVerdict extends Owed {
  identity: string;
  name: string;
  status: FinalStatus;
  reason?: string;
}

/** One template as the listing shows it. */
interface ListedTemplate extends SubmittedTemplate {
  /** The carrier's own reference. */
  id: string;
  status: 'pending' | FinalStatus;
  /** ISO 8601, UTC. */
  receivedAt: string;
}

/** The templates that the carrier manages. */
export interface TemplateShelf {
  /** Restores one line of the journal. */
  apply(entry: TemplateEntry): void;
  /** Accepts a template; refuses it if a different template has the same name. */
  submit(
    template: SubmittedTemplate,
    reportUrl: string,
    now: number,
  ): { refused: Reason } | { reference: string; entry: TemplateEntry; owed: OwedVerdict[] };
  /** The template status updates that no entry records as delivered. */
  owed(): OwedVerdict[];
  /** Lists all templates, newest first. */
  list(now: number): ListedTemplate[];
}

const decisionOn = ({ displayName }: SubmittedTemplate): { status: FinalStatus; reason?: string } =>
  /reject/i.test(displayName)
    ? { status: 'rejected', reason: 'INVALID_FORMAT: the display name asks for a rejection.' }
    : { status: 'approved' };

/** Whether an entry of the journal is about templates. */
export function isTemplateEntry(entry: { kind: string }): entry is TemplateEntry {
  return entry.kind === 'templateTaken' || entry.kind === 'templateReported';
}

/**
 * Creates an empty store of templates. Each template gets its final status `approvalMs` after its submission:
 * approved, or rejected if its display name contains "reject". If a client submits the same template again, it gets the
 * same reference and the template status update once more.
 */
export function createTemplateShelf(approvalMs: number): TemplateShelf {
  /** All submissions of each template, oldest first. */
  const taken = new Map<string, TakenTemplate[]>();
  const reportedKeys = new Set<string>();
  const keyOf = ({ identity, name }: SubmittedTemplate): string => JSON.stringify([identity, name]);

  const owedFor = (submission: TakenTemplate, index: number): OwedVerdict => {
    const { template, reference, reportUrl, receivedAt } = submission;
    const { identity, name } = template;
    const dueAt = receivedAt + approvalMs;
    return { key: `${reference}/${index}`, reportUrl, dueAt, identity, name, ...decisionOn(template) };
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
          status: now >= receivedAt + approvalMs ? decisionOn(template).status : 'pending',
          receivedAt: new Date(receivedAt).toISOString(),
        })),
  };
  return shelf;
}
