import type { ReadHeader } from '../operation/define-operation.ts';

/*
 * Headers with which the runtimes of flows and workflows identify themselves, as seen in run histories. No header is
 * documented, and a flow may send fewer. They help an operator find the flow; nothing depends on them.
 */
const originHeaders = [
  'x-ms-workflow-id',
  'x-ms-workflow-name',
  'x-ms-workflow-version',
  'x-ms-workflow-run-id',
  'x-ms-workflow-operation-name',
  'x-ms-workflow-resourcegroup-name',
  'x-ms-workflow-subscription-id',
  'x-ms-client-tracking-id',
  'x-ms-environment-id',
  'x-ms-user-agent',
  'user-agent',
] as const;

/** Max characters stored of one header. */
const valueLimit = 500;

/** Returns the headers of a call that identify the flow or workflow behind it. */
export function readOrigin(header: ReadHeader): Record<string, string> {
  return Object.fromEntries(
    originHeaders.flatMap((name) => {
      const value = header(name)?.trim() ?? '';
      return value === '' ? [] : [[name, value.slice(0, valueLimit).toWellFormed()]];
    }),
  );
}
