import { randomUUID } from 'node:crypto';

import type { ServiceRequest } from '../service/open-service.ts';
import { StorageError, codeIn } from '../service/storage-error.ts';
import { changeRequest } from './row-change.ts';
import type { RowChange } from './row-change.ts';

/**
 * Makes the request for a transaction: changes of rows in one partition, all or none. The body is a batch that contains
 * one set of changes (Azure documentation, "Performing entity group transactions").
 *
 * @param url the address of the table service
 */
export function transactionRequest(url: string, table: string, steps: readonly RowChange[]): ServiceRequest {
  const batch = `batch_${randomUUID()}`;
  const changes = `changeset_${randomUUID()}`;
  const parts = steps.map((step) => {
    const { method, path, headers = {}, body = '' } = changeRequest(table, step);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const outer = `--${changes}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n`;
    return `${outer}${method} ${url}${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}\r\n`;
  });
  return {
    method: 'POST',
    path: '/$batch',
    headers: { ...batchHeaders, 'content-type': `multipart/mixed; boundary=${batch}` },
    body: `--${batch}\r\nContent-Type: multipart/mixed; boundary=${changes}\r\n\r\n${parts.join('')}--${changes}--\r\n--${batch}--\r\n`,
  };
}

const batchHeaders = { accept: 'application/json', dataserviceversion: '3.0' };

/**
 * Reads the answer to a transaction.
 *
 * @returns the new versions of the rows, in the order of the changes
 * @throws StorageError if the answer says that nothing was changed, or says nothing about the changes
 */
export function readTransaction(body: string): string[] {
  const answers = body.split(/^HTTP\/1\.1 /m).slice(1);
  if (answers.length === 0) throw new StorageError(500, 'NoAnswerInBatch');
  return answers.map((answer) => {
    const status = Number.parseInt(answer, 10);
    if (!(status < 300)) throw new StorageError(status, codeIn(answer));
    return /^etag: *(.*?)\r?$/im.exec(answer)?.[1] ?? '';
  });
}
