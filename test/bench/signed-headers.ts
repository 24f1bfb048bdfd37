import { createHmac } from 'node:crypto';

/** Returns the headers with which the simulated carrier signs a call. */
export function signedHeaders(secret: string, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return {
    'Content-Type': 'application/json',
    'x-simulated-timestamp': timestamp,
    'x-simulated-signature': `sha256=${digest}`,
  };
}
