import { expect } from 'vitest';

import { eventually } from '../tools/eventually.ts';
import type { LocalHost } from './local-host.ts';

/** An answer with its parsed body, which is undefined if it is empty. */
export interface ApiAnswer {
  status: number;
  headers: Headers;
  body: unknown;
}

export interface SentBody {
  MessageId: string;
  MessagePartCount: number;
  Recipients: { Address: string; Id: string }[];
}

export interface StatusBody {
  MessageId: string;
  Status: string;
  Recipients: {
    Id: string;
    Address: string;
    Status: string;
    ErrorCode?: string;
    ErrorMessage?: string;
    UpdatedAt: string;
    History?: { Protocol: string; Status: string; ErrorCode?: string; ErrorMessage?: string; UpdatedAt: string }[];
  }[];
}

export interface InboxMessage {
  id: string;
  recipientId: string;
  messageId: string;
  sender: string;
  address: string;
  protocol: string;
  content: string;
  parts: number;
  buttons?: string[];
  status: string;
  receivedAt: string;
}

/** Creates a client of the API as a flow uses it; default: for the demo user. */
export async function createApi({ rootUrl, baseUrl }: Pick<LocalHost, 'rootUrl' | 'baseUrl'>, givenToken?: string) {
  const token = givenToken ?? (await tokenOf({ rootUrl }));

  async function call(
    path: string,
    { headers = {}, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ): Promise<ApiAnswer> {
    const response = await fetch(`${baseUrl}${path}`, {
      ...init,
      headers: { Authorization: `Bearer ${token}`, ...headers },
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
  }

  const demo = { 'Customer-Id': 'demo', 'Service-Id': 'demo-oneway', 'Content-Type': 'application/json' };

  return {
    token,
    call,
    /** Sends any body through demo-oneway. */
    post: (body: unknown, headers: Record<string, string> = {}) =>
      call('/messages', { method: 'POST', headers: { ...demo, ...headers }, body: JSON.stringify(body) }),
    async status(messageId: string): Promise<StatusBody> {
      const answer = await call(`/messages/${messageId}`, { headers: { 'Customer-Id': 'demo' } });
      expect(answer).toMatchObject({ status: 200 });
      return answer.body as StatusBody;
    },
    /** Waits until every recipient has one of the statuses. */
    async waitForStatus(messageId: string, ...statuses: string[]): Promise<StatusBody> {
      return eventually(
        async () => {
          const body = await this.status(messageId);
          const others = body.Recipients.filter(({ Status }) => !statuses.includes(Status));
          if (others.length > 0) throw new Error(`still ${JSON.stringify(others.slice(0, 3))}`);
          return body;
        },
        { timeoutMs: 20_000, everyMs: 100 },
      );
    },
    async inbox(address: string): Promise<InboxMessage[]> {
      const response = await fetch(`${rootUrl}/simulator/messages?address=${encodeURIComponent(address)}`);
      expect(response.status).toBe(200);
      return (await response.json()) as InboxMessage[];
    },
  };
}

export type Api = Awaited<ReturnType<typeof createApi>>;

/** Makes a send to the given phones; default: one phone. */
export function sendTo(
  addresses: readonly string[],
  details: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    Sender: 'SmartDialog',
    Content: 'Hello',
    Protocol: 'SMS',
    Recipients: addresses.map((Address) => ({ Address })),
    ...details,
  };
}

/** Gets an access token of a user; default: the demo user. */
export async function tokenOf({ rootUrl }: Pick<LocalHost, 'rootUrl'>, user?: string): Promise<string> {
  const response = await fetch(`${rootUrl}/token${user === undefined ? '' : `?user=${user}`}`);
  return ((await response.json()) as { access_token: string }).access_token;
}
