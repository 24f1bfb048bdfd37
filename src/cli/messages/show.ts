import { openOperatorMessages } from '../open-messages.ts';
import { openOperatorStorage } from '../open-storage.ts';
import { defineSubcommand } from '../subcommand.ts';
import { describeMessage, notAMessage } from './describe.ts';

export const show = defineSubcommand({
  name: 'show',
  usage: ['ID ...'],
  summary: 'Shows messages with their chunks and recipients.',
  operands: 'some',
  options: {},
  async run({ operands }, environment) {
    const { messages } = openOperatorMessages(await openOperatorStorage(environment), environment);
    const shown = await Promise.all(
      operands.map(async (messageId) => {
        const message = await messages.readMessage(messageId);
        return message === undefined ? [notAMessage(messageId)] : describeMessage(message);
      }),
    );
    return shown.flat();
  },
});
