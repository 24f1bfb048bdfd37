import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats a check until it stops throwing, and resolves to its value, so that a test waits no longer than necessary.
 * After `timeoutMs`, rejects with the check's last error.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
    }
    await sleep(everyMs);
  }
}
