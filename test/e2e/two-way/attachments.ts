import { randomBytes } from 'node:crypto';

import { beforeAll, describe, expect, test } from 'vitest';

import { subscribe } from '../../support/servers/flow-server.ts';
import type { Notification } from '../../support/servers/flow-server.ts';
import type { TwoWayHost } from '../../support/hosts/two-way-host.ts';

let local: TwoWayHost;

interface File {
  name: string;
  mimeType: string;
  bytes: Buffer;
}

const fileOf = (name: string, mimeType: string, length: number): File => ({
  name,
  mimeType,
  bytes: randomBytes(length),
});

/** Plays an inbound message with files; resolves to the attachments in the flow's notification. */
async function sendFiles(content: string, files: readonly File[], protocol: 'MMS' | 'WhatsApp' = 'MMS') {
  const line = protocol === 'MMS' ? local.newLine() : local.whatsAppLine;
  const flow = local.flows.flow();
  await subscribe(local.api, line.service, flow);
  const attachments = files.map(({ name, mimeType, bytes }) => ({
    name,
    mimeType,
    content: bytes.toString('base64'),
  }));
  await local.play({ recipient: line.address, protocol, content, attachments });
  const notification: Notification = await flow.notified(content);
  expect([notification['protocol'], flow.calls.length]).toEqual([protocol, 1]);
  return notification['attachments'] as { name: string; mimeType: string; resourceLocation: string; error?: string }[];
}

/** The notification's entry for an available attachment. */
const there = ({ name, mimeType }: File) => ({
  name,
  mimeType,
  resourceLocation: expect.stringMatching(
    new RegExp(`^${local.host.baseUrl.replaceAll('.', String.raw`\.`)}/attachments/[0-9a-f]{32}$`),
  ) as string,
});

/** Tests attachments of phones, of which the host keeps those up to 1 MB. `host` is called when the tests run. */
export function testAttachments(host: () => TwoWayHost): void {
  describe.concurrent('attachments', () => {
    beforeAll(() => {
      local = host();
    });

    test.each(['MMS', 'WhatsApp'] as const)(
      'the files of a message by %s are fetched by their addresses',
      async (protocol) => {
        const files = [fileOf('kuvä.jpg', 'image/jpeg', 200_000), fileOf('offer.pdf', 'application/pdf', 1_000_000)];
        const entries = await sendFiles(`with files by ${protocol}`, files, protocol);
        expect(entries).toEqual(files.map(there));
        for (const [index, { resourceLocation }] of entries.entries()) {
          const answer = await fetch(resourceLocation);
          const { bytes, mimeType } = files[index]!;
          expect([answer.status, Object.fromEntries(answer.headers)]).toMatchObject([
            200,
            {
              'content-type': mimeType,
              'content-length': String(bytes.length),
              'content-disposition': [
                `attachment; filename="kuv_.jpg"; filename*=UTF-8''kuv%C3%A4.jpg`,
                `attachment; filename="offer.pdf"; filename*=UTF-8''offer.pdf`,
              ][index],
              'x-content-type-options': 'nosniff',
              'cache-control': 'private, no-store',
            },
          ]);
          expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), bytes)).toBe(0);
          const changed = resourceLocation.slice(0, -1) + (resourceLocation.endsWith('0') ? '1' : '0');
          const missing = await fetch(changed);
          expect([missing.status, await missing.json()]).toMatchObject([
            404,
            { error: { code: 'AttachmentNotFound' } },
          ]);
        }
      },
    );

    test('a flow gets the reason why an attachment is unavailable, and the others are not delayed', async () => {
      const files = {
        lost: fileOf('lost.png', 'image/png', 10),
        drawing: fileOf('drawing.svg', 'image/svg+xml', 10),
        large: fileOf('film.mp4', 'video/mp4', 1_200_000),
        fine: fileOf('notes.txt', 'text/plain', 10),
      };
      const gone = ({ name, mimeType }: File, error: string) => ({ name, mimeType, resourceLocation: '', error });
      expect(await sendFiles('some are missing', Object.values(files))).toEqual([
        gone(files.lost, 'The carrier answered 404.'),
        gone(files.drawing, 'Files of this type are not accepted.'),
        gone(files.large, 'The attachment is larger than 1000000 bytes.'),
        there(files.fine),
      ]);
    });

    test('a file that the carrier fails to deliver at first is fetched at the next attempt', async () => {
      const file = fileOf('flaky.gif', 'image/gif', 5_000);
      const [entry] = await sendFiles('wait for it', [file]);
      expect(entry).toEqual(there(file));
      const answer = await fetch(entry?.resourceLocation ?? '');
      expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), file.bytes)).toBe(0);
      expect(local.host.output()).toContain('"result":"waitsForAttachments"');
    });
  });
}
