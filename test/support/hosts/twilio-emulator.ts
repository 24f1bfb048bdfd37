import { createEmulator } from 'emulate';

/** A message as Twilio's API shows it. */
interface EmulatedMessage {
  sid: string;
  to: string;
  from: string;
  body: string;
}

/** The Twilio emulator of the package `emulate`, with means to inspect it and to play the network. */
export interface TwilioEmulator {
  url: string;
  /** Returns the messages to a number (as Twilio writes it), oldest first. */
  received(to: string): Promise<{ content: string; sender: string }[]>;
  /** Returns these messages as the emulator's API shows them. */
  messages(to: string): Promise<EmulatedMessage[]>;
  /** Lets the network report on a message. */
  report(sid: string, status: string): Promise<void>;
  /** Lets a phone write; both numbers as Twilio writes them. */
  write(message: { from: string; to: string; content: string }): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts an emulator on the loopback interface, in this process.
 *
 * @param settings.numbers the numbers of the account, as Twilio writes them
 * @param settings.inboundUrl the address for inbound messages
 */
export async function startTwilioEmulator(settings: {
  accountSid: string;
  authToken: string;
  numbers: readonly string[];
  inboundUrl: string;
}): Promise<TwilioEmulator> {
  const { accountSid, authToken, numbers, inboundUrl } = settings;
  const emulator = await createEmulator({
    service: 'twilio',
    port: 0,
    seed: {
      twilio: {
        account: { sid: accountSid, auth_token: authToken },
        phone_numbers: numbers.map((number) => ({ phone_number: number, sms_url: inboundUrl })),
      },
    },
  });
  const url = emulator.url.replace('localhost', '127.0.0.1');
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

  async function simulate(what: string, form: Record<string, string>): Promise<void> {
    const body = new URLSearchParams(form);
    const response = await fetch(`${url}/_twilio/simulate/${what}`, {
      method: 'POST',
      headers: { authorization },
      body,
    });
    if (!response.ok) throw new Error(`the emulator answered ${response.status}: ${await response.text()}`);
  }

  async function messages(to: string): Promise<EmulatedMessage[]> {
    const query = new URLSearchParams({ To: to, PageSize: '1000' }).toString();
    const list = `${url}/2010-04-01/Accounts/${accountSid}/Messages.json?${query}`;
    const response = await fetch(list, { headers: { authorization } });
    return ((await response.json()) as { messages: EmulatedMessage[] }).messages.toReversed();
  }

  return {
    url,
    messages,
    async received(to) {
      return (await messages(to)).map(({ body, from }) => ({ content: body, sender: from.replace('+', '') }));
    },
    report: (sid, status) => simulate('message-status', { MessageSid: sid, Status: status }),
    write: ({ from, to, content }) => simulate('inbound-message', { From: from, To: to, Body: content }),
    stop: () => emulator.close(),
  };
}
