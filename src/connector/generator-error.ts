/** No connector can be generated from the settings or the operations. Lists the reasons. */
export class GeneratorError extends Error {
  /** One line for each reason, which begins with the place. */
  readonly complaints: readonly string[];

  constructor(complaints: readonly string[]) {
    super(complaints.join('\n'));
    this.name = 'GeneratorError';
    this.complaints = complaints;
  }
}
