import * as fc from 'fast-check';

import type { Operation } from '../../src/operation/define-operation.ts';
import { asJsonSchema } from '../../src/operation/schema.ts';
import { checkBody, dropAbsentFields } from '../../src/operation/validate.ts';
import { operations } from '../../src/operations.ts';
import { goodInOperation, goodValues } from '../fuzz/good-values.ts';
import type { KnownIds } from '../fuzz/good-values.ts';
import { valuesOf } from '../fuzz/schema-values.ts';
import { sendBody } from './bench-host.ts';
import { callsPerSecond, interleaved, median } from './measure.ts';
import type { Finding } from './finding.ts';

/** How many bodies of each operation are measured together. */
const bodiesOfEach = 50;

const known: KnownIds = {
  token: '',
  otherToken: '',
  messages: ['a'.repeat(32)],
  inboundMessages: [`i${'a'.repeat(32)}`],
  threads: ['a'.repeat(32)],
  pipelines: ['a'],
  actions: ['a'],
  templates: ['a'],
  callbackUrls: ['https://example.com/flow'],
};

/** Measures our check of each operation's body, against JSON.parse of the same text. */
export async function benchValidation({ rounds }: { rounds: number }): Promise<Finding[]> {
  const rows: Finding['rows'][number][] = [];
  for (const operation of operations as readonly Operation<never>[]) {
    if (operation.body === undefined) continue;
    rows.push(await compare(operation.operationId, operation, goodBodies(operation), rounds));
    if (operation.operationId !== 'SendMessage') continue;
    for (const recipients of [100, 10_000]) {
      const name = `SendMessage, ${recipients} recipients`;
      rows.push(await compare(name, operation, [sendBody(recipients)], rounds));
    }
  }
  return [
    {
      title: `validation: microseconds for the good bodies of an operation, each, medians of ${rounds} rounds`,
      rows,
      notes: ['The check gets a parsed body, so a request costs both times.'],
    },
  ];
}

function goodBodies(operation: Operation<never>): string[] {
  if (operation.operationId === 'SendMessage') return [sendBody(1)];
  const good = new Map([...goodValues(known, new Date()), ...(goodInOperation[operation.operationId] ?? [])]);
  const schema = asJsonSchema(operation.body?.schema ?? {});
  const bodies = valuesOf(schema, '', { good: 1, almost: 0, hostile: 0 }, good);
  return fc.sample(bodies, { numRuns: bodiesOfEach, seed: 1 }).map((body) => JSON.stringify(body));
}

async function compare(
  name: string,
  operation: Operation<never>,
  texts: readonly string[],
  rounds: number,
): Promise<Finding['rows'][number]> {
  const bodies = texts.map((text) => JSON.parse(text) as unknown);
  for (const body of bodies) {
    const [error] = checkBody(operation, body);
    if (error !== undefined) throw new Error(`${name} refuses a good body: ${JSON.stringify(error)}`);
  }
  const schema = asJsonSchema(operation.body?.schema ?? {});
  const rates = await interleaved(rounds, {
    check: () =>
      callsPerSecond(() => {
        for (const body of bodies) {
          dropAbsentFields(schema, body);
          checkBody(operation, body);
        }
      }),
    parse: () =>
      callsPerSecond(() => {
        for (const text of texts) JSON.parse(text);
      }),
  });
  const microseconds = (side: keyof typeof rates): number => 1_000_000 / (median(rates[side]) * texts.length);
  return {
    operation: name,
    check: microseconds('check'),
    'JSON.parse': microseconds('parse'),
    ratio: median(rates.parse.map((rate, round) => rate / (rates.check[round] ?? Number.NaN))),
  };
}
