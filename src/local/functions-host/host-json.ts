import { isObject } from '../../core/json.ts';

/** The settings of host.json that this host supports, with Azure's defaults. Times are in milliseconds. */
export interface HostSettings {
  /** Without slashes at its ends; empty if routes begin at the root. */
  routePrefix: string;
  queues: QueueSettings;
}

export interface QueueSettings {
  /** How many messages are fetched at a time. */
  batchSize: number;
  /** The host fetches the next batch when at most this many messages are in progress. */
  newBatchThreshold: number;
  /** A message whose function fails after this many dequeues goes to the poison queue. */
  maxDequeueCount: number;
  /** How long a failed message stays invisible before it is retried. */
  visibilityTimeout: number;
  maxPollingInterval: number;
  messageEncoding: 'base64' | 'none';
}

type Section = Record<string, unknown>;

/**
 * Reads a parsed host.json. Ignores settings that have no meaning on a local machine (logging, extension bundle,
 * functionTimeout, scale). The limits are those of the storage queue extension.
 *
 * @throws if a supported setting has a shape that Azure's host wouldn't accept
 */
export function readHostJson(hostJson: unknown): HostSettings {
  const root = section(hostJson, 'host.json');
  if (root['version'] !== '2.0') throw invalid('version', 'has to be "2.0"');
  const extensions = section(root['extensions'], 'extensions');
  const http = section(extensions['http'], 'extensions.http');
  const queues = section(extensions['queues'], 'extensions.queues');
  const batchSize = integer(queues, 'batchSize', { default: 16, from: 1, to: 32 });
  return {
    routePrefix: routePrefix(http['routePrefix'] ?? 'api'),
    queues: {
      batchSize,
      newBatchThreshold: integer(queues, 'newBatchThreshold', { default: Math.floor(batchSize / 2), from: 0 }),
      maxDequeueCount: integer(queues, 'maxDequeueCount', { default: 5, from: 1 }),
      visibilityTimeout: timeSpan(queues, 'visibilityTimeout', { default: 0, from: 0 }),
      maxPollingInterval: timeSpan(queues, 'maxPollingInterval', { default: 60_000, from: 100 }),
      messageEncoding: messageEncoding(queues['messageEncoding'] ?? 'base64'),
    },
  };
}

function invalid(path: string, rule: string): Error {
  return new Error(`host.json: ${path} ${rule}.`);
}

function section(value: unknown, path: string): Section {
  if (value === undefined) return {};
  if (!isObject(value)) throw invalid(path, 'has to be an object');
  return value;
}

function routePrefix(value: unknown): string {
  if (typeof value !== 'string' || !/^(?:[^/{}?#\s]+(?:\/[^/{}?#\s]+)*)?$/.test(value)) {
    throw invalid(
      'extensions.http.routePrefix',
      'has to be a path without a slash at its ends, such as "api/v1", or ""',
    );
  }
  return value;
}

function integer(queues: Section, name: string, rule: { default: number; from: number; to?: number }): number {
  const value = queues[name] ?? rule.default;
  const { from, to = Number.MAX_SAFE_INTEGER } = rule;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < from || value > to) {
    const range = rule.to === undefined ? `of at least ${from}` : `between ${from} and ${to}`;
    throw invalid(`extensions.queues.${name}`, `has to be a whole number ${range}`);
  }
  return value;
}

/** The .NET form `[d.]hh:mm:ss[.fff]`. */
const timeSpanForm = /^(?:(\d{1,5})\.)?([01]?\d|2[0-3]):([0-5]?\d):([0-5]?\d)(?:\.(\d{1,7}))?$/;

function timeSpan(queues: Section, name: string, rule: { default: number; from: number }): number {
  const value = queues[name];
  if (value === undefined) return rule.default;
  const parts = typeof value === 'string' ? timeSpanForm.exec(value) : null;
  if (parts === null) throw invalid(`extensions.queues.${name}`, 'has to be a time span such as "00:00:30"');
  const [days, hours, minutes, seconds] = parts.slice(1, 5).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  const milliseconds = (((days * 24 + hours) * 60 + minutes) * 60 + seconds + Number(`0.${parts[5] ?? 0}`)) * 1000;
  if (milliseconds < rule.from) {
    throw invalid(`extensions.queues.${name}`, `has to be at least ${rule.from} milliseconds`);
  }
  return milliseconds;
}

function messageEncoding(value: unknown): 'base64' | 'none' {
  const encoding = typeof value === 'string' ? value.toLowerCase() : value;
  if (encoding === 'base64' || encoding === 'none') return encoding;
  throw invalid('extensions.queues.messageEncoding', 'has to be "base64" or "none"');
}
