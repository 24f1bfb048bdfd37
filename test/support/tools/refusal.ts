/** Returns the message of the error that a call throws. Throws if the call doesn't. */
export function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('Nothing was refused.');
}
