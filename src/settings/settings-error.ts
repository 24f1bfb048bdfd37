/** Settings are missing or malformed. The error names all of them, so that an operator can fix them together. */
export class SettingsError extends Error {
  /** @param problems sentences without a full stop, each of which begins with the name of a setting */
  constructor(problems: readonly string[]) {
    super(`The app can't start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}
