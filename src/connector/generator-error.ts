/** The settings or the operations are such that no connector can be generated from them; says where and why. */
export class GeneratorError extends Error {
  /** One line each, beginning with the place. */
  readonly complaints: readonly string[];

  constructor(complaints: readonly string[]) {
    super(complaints.join('\n'));
    this.name = 'GeneratorError';
    this.complaints = complaints;
  }
}
