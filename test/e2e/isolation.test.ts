import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { customerKey } from '../../src/directory/customer-key.ts';
import type { ErrorBody } from '../../src/operation/errors.ts';
import { asJsonSchema } from '../../src/operation/schema.ts';
import { operations } from '../../src/operations.ts';
import type { ApiAnswer } from '../support/hosts/api.ts';
import {
  look,
  outsiders,
  pairs,
  partitionsOf,
  secretsOf,
  startParties,
  talk,
} from '../support/samples/isolation/parties.ts';
import type { Parties, Party } from '../support/samples/isolation/parties.ts';
import {
  fieldKinds,
  fieldsOf,
  idsOf,
  make,
  parameterKinds,
  placesOf,
  plainFields,
  unknownIdOf,
  validRequest,
  withId,
} from '../support/samples/isolation/requests.ts';
import type { Outcome, Place, Request } from '../support/samples/isolation/requests.ts';

let local: Parties;
beforeAll(async () => {
  local = await startParties();
});
afterAll(() => local.stop());

const byId = operations.map((operation) => [operation.operationId, operation] as const);

test('every parameter and every field is listed with the kind of id that it holds, or with none', () => {
  const parameters = operations.flatMap((operation) => Object.keys(operation.parameters));
  const fields = operations.flatMap(({ body }) => (body === undefined ? [] : fieldsOf(asJsonSchema(body.schema))));
  const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();
  expect(sorted(Object.keys(parameterKinds))).toEqual(sorted(parameters));
  expect(sorted([...Object.keys(fieldKinds), ...plainFields])).toEqual(sorted(fields));
});

test('the ids of the second pair of customers hold the same digits', () => {
  expect(pairs.map(([caller, foreign]) => customerKey(caller) === customerKey(foreign))).toEqual([false, true]);
});

/** One attempt to use another customer's ids: the places, and the ids in them. */
interface Trespass {
  places: readonly (Place & { index: number })[];
  outcome: Outcome;
}

/** Lists the attempts: each place alone with each possible id, all places except the customer, and all places. */
function trespassesOf(operation: (typeof operations)[number], party: Party): Trespass[] {
  const places = placesOf(operation).map((place) => ({ ...place, index: 0 }));
  const alone = places.flatMap((place) =>
    idsOf(place.kind, party, operation).map((_, index) => ({ places: [{ ...place, index }], outcome: place.outcome })),
  );
  const together = [places, places.filter(({ kind }) => kind !== 'customer')]
    .filter(({ length }) => length > 1)
    .map((several) => ({
      places: several,
      outcome: several.find(({ outcome }) => outcome !== 'own')?.outcome ?? ('own' as const),
    }));
  return [...alone, ...together];
}

const isRefused = ({ outcome }: Trespass): boolean => outcome !== 'own';

describe.each(pairs)('%s calls, and %s', (callerId, foreignId) => {
  let caller: Party;
  let foreign: Party;
  let before: unknown;
  const requests = new Map<string, Request>();
  const sharesDigits = customerKey(callerId) === customerKey(foreignId);

  beforeAll(async () => {
    caller = local.party(callerId);
    foreign = local.party(foreignId);
    before = await look(foreign);
    for (const [operationId, operation] of byId) {
      const request = await validRequest(operation, caller, local.flows.flow());
      requests.set(operationId, request);
      const { status } = await make(operation, request, caller.api);
      if (status !== operation.answer.status) throw new Error(`${operationId} answers ${status} to a valid request`);
    }
    await local.approved(caller, 2);
    await local.quiet();
  });

  const ask = async (
    operation: (typeof operations)[number],
    { places }: Trespass,
    { valid, idOf }: { valid: Request; idOf: (place: Trespass['places'][number]) => string },
  ) => {
    const request = places.reduce((changed, place) => withId(changed, place, idOf(place)), valid);
    local.storage.reset();
    const answer = await make(operation, request, caller.api);
    expectNothingOf(foreign, answer, request);
    const paths = local.storage.operations().map(({ path }) => decodeURIComponent(path));
    const { byDigits, others } = partitionsOf(foreign);
    const theirs = sharesDigits ? others : [...others, ...byDigits];
    expect(paths.filter((path) => theirs.some((partition) => path.includes(partition)))).toEqual([]);
    return answer;
  };

  test.each(byId)('%s: a foreign id is answered as if it did not exist', async (operationId, operation) => {
    const valid = requests.get(operationId)!;
    for (const trespass of trespassesOf(operation, foreign).filter(isRefused)) {
      const asForeign = await ask(operation, trespass, {
        valid,
        idOf: ({ kind, index }) => idsOf(kind, foreign, operation)[index]!,
      });
      expect(writes()).toEqual([]);
      const asUnknown = await ask(operation, trespass, {
        valid,
        idOf: ({ kind, index }) => unknownIdOf(kind, idsOf(kind, caller, operation)[index]!),
      });
      expect(writes()).toEqual([]);
      const what = trespass.places.map(({ name, index }) => `${name} ${index}`).join();
      expect([what, asForeign.status, asForeign.body]).toEqual([what, asUnknown.status, asUnknown.body]);
      expect([what, ...outcomeOf(asForeign)]).toEqual([what, ...expected(operation, trespass.outcome)]);
    }
  });

  test.each(byId)('%s: an id that anybody may use means the own data', async (_, operation) => {
    for (const trespass of trespassesOf(operation, foreign).filter((one) => !isRefused(one))) {
      const answer = await ask(operation, trespass, {
        valid: await validRequest(operation, caller, local.flows.flow()),
        idOf: ({ kind, index }) => idsOf(kind, foreign, operation)[index]!,
      });
      expect(answer.status).toBe(operation.answer.status);
    }
  });

  test('all data of the other customer is unchanged, and its trigger and thread still work', async () => {
    expect(await look(foreign)).toEqual(before);
    expect(await talk(local, foreign)).toEqual({ threadId: foreign.threadId, status: 200 });
  });

  const writes = () =>
    local.storage
      .operations()
      .filter(({ method, status }) => method !== 'GET' && status < 400)
      .map(({ method, path }) => `${method} ${path}`);
});

/** Shortens an answer. */
function outcomeOf({ status, body }: ApiAnswer): readonly unknown[] {
  return status < 400 ? [status, body] : [status, (body as ErrorBody).error.code];
}

function expected({ answer }: (typeof operations)[number], outcome: Outcome): readonly unknown[] {
  if (typeof outcome !== 'string') return outcome;
  return [answer.status, answer.schema === undefined ? undefined : []];
}

/** An answer may hold what its request held. */
function expectNothingOf(party: Party, { headers, body }: ApiAnswer, request?: Request): void {
  const given = JSON.stringify(request ?? '');
  const answered = JSON.stringify([...headers, body ?? '']);
  expect(secretsOf(party).filter((secret) => answered.includes(secret) && !given.includes(secret))).toEqual([]);
}

describe('a user who is not assigned to the customer', () => {
  let demo: Party;
  let before: unknown;
  beforeAll(async () => {
    demo = local.party('demo');
    before = await look(demo);
  });

  const refusals: Readonly<Record<string, Outcome>> = {
    WhatsAppOptIn: [404, 'IdentityNotFound'],
    WhatsAppOptOut: [404, 'IdentityNotFound'],
  };
  const rows = byId.flatMap(([id, operation]) =>
    ['other-user', outsiders.idle, outsiders.stranger].map((user) => [id, user, operation] as const),
  );

  test.each(rows)('%s by %s', async (operationId, user, operation) => {
    // An anonymous operation accepts an unknown caller who has the id of a trigger, so this id is invented.
    const isOpen = operation.anonymous === true && user === outsiders.stranger;
    // The ids of demo: its trigger, its contact, its thread.
    const theirs = placesOf(operation).reduce(
      (changed, place) => withId(changed, place, idsOf(place.kind, demo, operation)[0]!),
      await validRequest(operation, demo, local.flows.flow()),
    );
    const madeUp = { parameters: { ...theirs.parameters, 'Action-Id': 'f'.repeat(64) } };
    const request = isOpen ? madeUp : theirs;
    const answer = await make(operation, request, await local.as(user));
    expectNothingOf(demo, answer, request);
    const refused: Outcome | undefined =
      user === outsiders.stranger && !isOpen
        ? [403, 'UserNotAllowed']
        : operation.customer === undefined
          ? refusals[operationId]
          : [403, 'CustomerNotAssigned'];
    const outcome = answer.status < 400 ? [answer.status] : outcomeOf(answer);
    expect(outcome).toEqual(refused ?? [operation.answer.status]);
  });

  test('changes nothing of the customer', async () => {
    expect(await look(demo)).toEqual(before);
    expect(await talk(local, demo)).toEqual({ threadId: demo.threadId, status: 200 });
  });
});
