import * as fc from 'fast-check';

import { problemsOf, operationOf } from './check-answer.ts';
import type { FuzzHost } from './fuzz-host.ts';
import { sendRaw } from './raw-request.ts';
import { requestsOf } from './requests.ts';
import type { FuzzRequest } from './requests.ts';

/** How many requests to send. */
export interface FuzzPlan {
  /** Requests that are sent several at a time. */
  together: number;
  /** Requests that are sent one by one, to check what each wrote. */
  alone: number;
  seed: number;
}

/** The result of a run. */
export interface FuzzOutcome {
  /** Descriptions of failures, each with its smallest request. */
  failures: string[];
  /** Answers by operation and status, as in `SendMessage 400`. */
  answers: ReadonlyMap<string, number>;
}

/** How many requests are in progress at a time. */
const lanes = 6;

/**
 * Sends many requests and checks each answer; and, for some, that a refusal left storage as it was. The same seed makes
 * the same requests, lane by lane. A lane ends at its first failure, for which it finds the smallest request.
 */
export async function runFuzz({ host, storage, known }: FuzzHost, plan: FuzzPlan): Promise<FuzzOutcome> {
  const answers = new Map<string, number>();
  const requests = requestsOf(known, new Date());

  async function ask(request: FuzzRequest): Promise<number> {
    const answer = await sendRaw(host.baseUrl, request);
    const kind = `${operationOf(request)?.operationId ?? 'none'} ${answer.status}`;
    answers.set(kind, (answers.get(kind) ?? 0) + 1);
    const problems = problemsOf(request, answer);
    if (problems.length > 0)
      throw new Error(`${problems.join('; ')}\nanswer: ${answer.status} ${answer.body.slice(0, 500)}`);
    return answer.status;
  }

  async function askAlone(request: FuzzRequest): Promise<void> {
    storage.reset();
    const status = await ask(request);
    const written = status < 400 ? [] : writesIn(storage.operations());
    if (written.length > 0) throw new Error(`answered ${status}, but written: ${written.join(', ')}`);
  }

  const run = async (check: (request: FuzzRequest) => Promise<unknown>, numRuns: number, seed: number) => {
    const property = fc.asyncProperty(requests, async (request) => {
      await check(request);
    });
    return describe(await fc.check(property, { numRuns, seed })).map((text) => text.replaceAll(known.token, 'TOKEN'));
  };

  // Holds back the jobs of accepted requests, so that all writes belong to the one request.
  storage.hold(({ service, method }) => service === 'queue' && method === 'GET');
  const failures = await run(askAlone, plan.alone, plan.seed);
  storage.release();
  const share = Math.ceil(plan.together / lanes);
  const found = await Promise.all(Array.from({ length: lanes }, (_, lane) => run(ask, share, plan.seed + 1 + lane)));
  // Failures that no answer shows: in a worker, or beside a request.
  const logged = host.output().match(/^error (?!host:).*$/gm) ?? [];
  return { failures: [...failures, ...found.flat(), ...logged.slice(0, lanes)], answers };
}

function describe(details: fc.RunDetails<[FuzzRequest]>): string[] {
  const { failed, counterexample, seed, counterexamplePath, errorInstance } = details;
  if (!failed) return [];
  const reason = errorInstance instanceof Error ? errorInstance.message.slice(0, 1_500) : String(errorInstance);
  return [
    `${reason}\nrequest: ${JSON.stringify(counterexample?.[0])}\nlane's seed ${seed}, path ${counterexamplePath}`,
  ];
}

type Operations = ReturnType<FuzzHost['storage']['operations']>;

/**
 * Finds the operations that changed storage. Ignores two: the carrier's status update of a template, which comes at any
 * time and is merged into the template's row; and a template that is claimed and then removed, because the carrier
 * refused it.
 */
function writesIn(operations: Operations): string[] {
  const written = operations.filter(({ method, status }) => method !== 'GET' && status < 400);
  const ofTemplates = ({ path }: Operations[number], with_: string): boolean => path.includes(`/templates${with_}`);
  const others = written.filter((one) => !(one.method === 'PATCH' && ofTemplates(one, '(')));
  const [claim, removal, ...more] = others;
  const isTakenBack =
    claim?.method === 'POST' && ofTemplates(claim, '') && removal?.method === 'DELETE' && ofTemplates(removal, '(');
  return (isTakenBack ? more : others).map(({ method, path }) => `${method} ${path}`);
}
