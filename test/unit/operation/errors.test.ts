import { globSync, readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { ApiError, apiError, errorBody, errorCatalogue, problem, refuse } from '../../../src/operation/errors.ts';
import type { ErrorCode } from '../../../src/operation/errors.ts';
import { operations } from '../../../src/operations.ts';

const codes = Object.keys(errorCatalogue) as ErrorCode[];

/** Returns the placeholders of a code's sentences. */
function placeholdersOf(code: ErrorCode): string[] {
  const { message, remedy } = errorCatalogue[code];
  return [...`${message} ${remedy}`.matchAll(/\{(\w*)\}/g)].map(([, name = '']) => name);
}

describe('the catalogue', () => {
  test('has statuses of errors, and codes that a flow can branch on', () => {
    for (const code of codes) {
      expect(code).toMatch(/^[A-Z][A-Za-z]+$/);
      expect([code, errorCatalogue[code].status]).toEqual([code, expect.toSatisfy(isErrorStatus)]);
    }
  });

  test('has statuses that the platform retries only if a retry helps', () => {
    const repeated = codes.filter((code) => errorCatalogue[code].status >= 500);
    expect(repeated).toEqual(['InternalError', 'Unavailable']);
  });

  test('speaks in sentences: what is wrong, and what to do unless the rule in the message says it', () => {
    for (const code of codes) {
      const { message, remedy } = errorCatalogue[code];
      const saysAll = code === 'InvalidField' || code === 'InvalidParameter';
      expect([code, remedy === '']).toEqual([code, saysAll]);
      for (const sentence of saysAll ? [message] : [message, remedy]) {
        expect([code, sentence]).toEqual([code, expect.stringMatching(/^(?:[A-Z]|\{(?:target|what)\}).*[^.]\.$/)]);
        expect([code, sentence]).toEqual([code, expect.not.stringMatching(/\{\W|\s\s|[{]\w*[^\w}]/)]);
      }
    }
  });

  test('has every code that an operation declares', () => {
    for (const { operationId, errors } of operations) {
      expect([operationId, new Set(errors).size]).toEqual([operationId, errors.length]);
      expect(codes).toEqual(expect.arrayContaining([...errors]));
    }
  });

  test('has no code that the source never raises', () => {
    const source = globSync('src/**/*.ts', { exclude: ['src/operation/errors.ts'] })
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    expect(codes.filter((code) => !source.includes(`'${code}'`))).toEqual([]);
  });
});

function isErrorStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 400 && status <= 599;
}

describe('a problem', () => {
  test('has every placeholder of its code filled', () => {
    for (const code of codes) {
      const values = Object.fromEntries(placeholdersOf(code).map((name, index) => [name, `value ${index}`]));
      const { message } = problem(code, values);
      expect([code, message]).toEqual([code, expect.not.stringMatching(/[{}]/)]);
      for (const value of Object.values(values)) expect(message).toContain(value);
    }
  });

  test('keeps values unchanged, even with placeholders and patterns', () => {
    const target = 'Recipients[0].Personalization.{rule} $& $1';
    expect(problem('InvalidField', { target, rule: 'is {target}' })).toEqual({
      code: 'InvalidField',
      message: `${target} is {target}.`,
      target,
    });
  });

  test('names a field only if there is one', () => {
    expect(problem('Unavailable', { what: 'The archive' })).toEqual({
      code: 'Unavailable',
      message: 'The archive is not available at the moment. Try again later.',
    });
    expect(problem('InvalidUrl', { target: 'DlrUrl' })).toEqual({
      code: 'InvalidUrl',
      message: 'DlrUrl is not an absolute http or https address. Enter the full address, starting with https://.',
      target: 'DlrUrl',
    });
  });

  test('may be filled with a number and with an empty text', () => {
    const { message } = problem('ContentTooLong', { target: 'Content', parts: 256, limit: 0 });
    expect(message).toBe('The text of Content comes to 256 SMS parts; 0 is the most. Shorten the text.');
    expect(problem('InvalidField', { target: '', rule: 'is empty' }).message).toBe(' is empty.');
  });
});

describe('an ApiError', () => {
  test('has code, status and message of its first problem', () => {
    const first = problem('CustomerNotAssigned', { target: 'Customer-Id' });
    const second = problem('InvalidUrl', { target: 'DlrUrl' });
    const error = new ApiError([first, second], { 'Retry-After': '1' });
    expect(error).toBeInstanceOf(Error);
    const { name, code, status, message, problems, headers } = error;
    expect({ name, code, status, message, problems, headers }).toEqual({
      name: 'ApiError',
      code: 'CustomerNotAssigned',
      status: 403,
      message: first.message,
      problems: [first, second],
      headers: { 'Retry-After': '1' },
    });
  });

  test('is thrown only if there are problems', () => {
    const problems = [problem('InvalidUrl', { target: 'A' }), problem('InvalidUrl', { target: 'B' })];
    expect(() => refuse([])).not.toThrow();
    expect(() => refuse(problems)).toThrow(expect.objectContaining({ problems }) as Error);
  });

  test('is rendered in the form that designers show', () => {
    const plain = apiError('Unauthenticated', { reason: 'it has expired' });
    expect(errorBody(plain)).toEqual({
      error: { code: 'Unauthenticated', message: plain.message },
      message: plain.message,
    });

    const [one, two, three] = ['A', 'B', 'C'].map((target) => problem('InvalidUrl', { target }));
    const texts = [new ApiError([one!]), new ApiError([one!, two!]), new ApiError([one!, two!, three!])].map(errorBody);
    const sentence = 'A is not an absolute http or https address. Enter the full address, starting with https://.';
    expect(texts.map(({ message, error }) => [message, error.message, error.target, error.details?.length])).toEqual([
      [sentence, sentence, 'A', 1],
      [`${sentence} (1 more problem: see details.)`, `${sentence} (1 more problem: see details.)`, 'A', 2],
      [`${sentence} (2 more problems: see details.)`, `${sentence} (2 more problems: see details.)`, 'A', 3],
    ]);
  });
});
