import { describe } from 'vitest';

/** `describe` whose tests are skipped unless a condition holds; its title then ends in the reason. */
export function describeIf(condition: boolean, reason: string, { concurrent = false } = {}) {
  const suite = condition ? describe : describe.skip;
  const addSuite = concurrent ? suite.concurrent : suite;
  const ending = condition ? '' : ` [skipped: ${reason}]`;
  return (title: string, tests: () => void): void => {
    addSuite(`${title}${ending}`, tests);
  };
}
