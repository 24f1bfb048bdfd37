import { expect, it } from 'vitest';

import { readHostJson } from '../../../../src/local/functions-host/host-json.ts';
import { refusal } from '../../../support/tools/refusal.ts';

it("fills in Azure's defaults", () => {
  expect(readHostJson({ version: '2.0' })).toEqual({
    routePrefix: 'api',
    queues: {
      batchSize: 16,
      newBatchThreshold: 8,
      maxDequeueCount: 5,
      visibilityTimeout: 0,
      maxPollingInterval: 60_000,
      messageEncoding: 'base64',
    },
  });
});

it('reads the settings that it supports and ignores the others', () => {
  const queues = {
    batchSize: 32,
    newBatchThreshold: 0,
    maxDequeueCount: 1,
    visibilityTimeout: '1.02:03:04',
    maxPollingInterval: '00:00:00.25',
    messageEncoding: 'None',
  };
  const hostJson = {
    version: '2.0',
    functionTimeout: '00:10:00',
    extensions: { http: { routePrefix: '', maxConcurrentRequests: 5 }, queues },
    logging: { logLevel: {} },
  };
  expect(readHostJson(hostJson)).toEqual({
    routePrefix: '',
    queues: { ...queues, visibilityTimeout: 93_784_000, maxPollingInterval: 250, messageEncoding: 'none' },
  });
  const odd = { version: '2.0', extensions: { http: { routePrefix: 'a/b' }, queues: { batchSize: 5 } } };
  expect(readHostJson(odd)).toMatchObject({ routePrefix: 'a/b', queues: { newBatchThreshold: 2 } });
});

it('refuses a setting of an unknown shape, and names it', () => {
  const queues = (settings: object): object => ({ version: '2.0', extensions: { queues: settings } });
  const prefix = (routePrefix: unknown): object => ({ version: '2.0', extensions: { http: { routePrefix } } });
  const wholeNumber = 'extensions.queues.batchSize has to be a whole number between 1 and 32.';
  const timeSpan = 'has to be a time span such as "00:00:30".';
  const cases: [hostJson: unknown, why: string][] = [
    [undefined, 'version has to be "2.0".'],
    [[], 'host.json has to be an object.'],
    [{ version: '3.0' }, 'version has to be "2.0".'],
    [{ version: '2.0', extensions: 'all' }, 'extensions has to be an object.'],
    [{ version: '2.0', extensions: { queues: [] } }, 'extensions.queues has to be an object.'],
    [
      prefix('/api'),
      'extensions.http.routePrefix has to be a path without a slash at its ends, such as "api/v1", or "".',
    ],
    [prefix(1), 'extensions.http.routePrefix has to be a path'],
    [queues({ batchSize: 0 }), wholeNumber],
    [queues({ batchSize: 33 }), wholeNumber],
    [queues({ batchSize: '16' }), wholeNumber],
    [queues({ batchSize: 1.5 }), wholeNumber],
    [queues({ newBatchThreshold: -1 }), 'extensions.queues.newBatchThreshold has to be a whole number of at least 0.'],
    [queues({ maxDequeueCount: 0 }), 'extensions.queues.maxDequeueCount has to be a whole number of at least 1.'],
    [queues({ visibilityTimeout: 30 }), `extensions.queues.visibilityTimeout ${timeSpan}`],
    [queues({ visibilityTimeout: '30' }), `extensions.queues.visibilityTimeout ${timeSpan}`],
    [queues({ visibilityTimeout: '24:00:00' }), `extensions.queues.visibilityTimeout ${timeSpan}`],
    [
      queues({ maxPollingInterval: '00:00:00.05' }),
      'extensions.queues.maxPollingInterval has to be at least 100 milliseconds.',
    ],
    [queues({ messageEncoding: 'utf8' }), 'extensions.queues.messageEncoding has to be "base64" or "none".'],
  ];
  for (const [hostJson, why] of cases) {
    expect([hostJson, refusal(() => readHostJson(hostJson))]).toEqual([hostJson, expect.stringContaining(why)]);
  }
});
