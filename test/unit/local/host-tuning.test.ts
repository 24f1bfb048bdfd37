import { expect, test } from 'vitest';

import { readHostTuning } from '../../../src/local/host-tuning.ts';

test('a local host is as quick as Azure by default', () => {
  expect(readHostTuning({ LOCAL_QUEUE_POLLING_MS: '' })).toEqual({});
});

test('a local host is as quick as the environment sets it', () => {
  const environment = {
    LOCAL_QUEUE_POLLING_MS: '50',
    LOCAL_QUEUE_VISIBILITY_SECONDS: '2',
    LOCAL_TIMER_SECONDS: '0.5',
  };
  expect(readHostTuning(environment)).toEqual({
    maxPollingIntervalMs: 50,
    queueVisibilitySeconds: 2,
    timerSeconds: 0.5,
  });
});

test.for(['0', '-1', 'soon', '1e9'])('refuses %s', (value) => {
  for (const name of ['LOCAL_QUEUE_POLLING_MS', 'LOCAL_QUEUE_VISIBILITY_SECONDS', 'LOCAL_TIMER_SECONDS']) {
    expect(() => readHostTuning({ [name]: value })).toThrow(
      `${name} must be a number above 0 and at most 604800, not '${value}'.`,
    );
  }
});
