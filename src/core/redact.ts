/** The parts of an error that the log may show. */
export interface PrintableError {
  name: string;
  message: string;
  code?: string;
  statusCode?: number;
  /** Places in this app's own files, the innermost first. */
  stack?: string[];
  cause?: PrintableError;
}

const messageCharacters = 300;
const codeCharacters = 80;
const frames = 10;
const causes = 3;

/**
 * Reduces an error to what the log may show. Errors carry their input: a JSON error holds the text that could not be
 * parsed, an error of a storage library the whole request with rows and headers, an error of fetch the address. So the
 * result has only the fields of {@link PrintableError}, and its message has no part that can be somebody's data.
 */
export function printableError(error: unknown, depth = 0): PrintableError {
  if (!(error instanceof Error)) return { name: typeof error, message: describeValue(error) };
  const { name, cause } = error;
  const { statusCode } = error as { statusCode?: unknown };
  const code = codeOf(error);
  const stack = ownFrames(error);
  return {
    name: maskText(name).slice(0, codeCharacters),
    message: maskQuoted(maskText(error.message)).slice(0, messageCharacters),
    ...(code === undefined ? {} : { code: maskText(code).slice(0, codeCharacters) }),
    ...(typeof statusCode === 'number' ? { statusCode } : {}),
    ...(stack.length === 0 ? {} : { stack }),
    ...(cause === undefined || depth === causes ? {} : { cause: printableError(cause, depth + 1) }),
  };
}

/** Finds the code of an error; each storage library puts the service's code in another place among the details. */
function codeOf(error: Error): string | undefined {
  const { code, details } = error as { code?: unknown; details?: { code?: unknown; odataError?: { code?: unknown } } };
  return [code, details?.odataError?.code, details?.code].find((candidate) => typeof candidate === 'string');
}

/** Shows a thrown value that is no error, if it is a text; an object may hold anything. */
function describeValue(value: unknown): string {
  return typeof value === 'string' ? maskQuoted(maskText(value)).slice(0, messageCharacters) : '';
}

/**
 * Masks the quoted parts of a message. Libraries put the input that they could not read in double quotation marks, and
 * the input may contain such marks itself. Single quotation marks enclose either the name of a property, which is kept,
 * or input.
 */
function maskQuoted(text: string): string {
  return text.replace(/".*"|".*$/s, '"…"').replaceAll(/(?<=^|[\s([:=,])'(?![\w$.-]{1,40}')[^\n]*'/g, "'…'");
}

/** Returns the stack frames in files of this app, without the path up to the app's folder. */
function ownFrames({ stack = '' }: Error): string[] {
  const place =
    /^ {4}at (?:(?:async )?(?:new )?([\w$.<>#]+)(?: \[as [\w$]+\])? \()?(?:file:\/\/|\/|[A-Z]:[\\/])\S*?[\\/]((?:src|functions|dist)[\\/][^\s()]*:\d+:\d+)\)?$/;
  return stack
    .split('\n')
    .filter((line) => !line.includes('node_modules'))
    .flatMap((line) => {
      const [, name, where] = place.exec(line) ?? [];
      return where === undefined ? [] : [name === undefined ? where : `${name} ${where}`];
    })
    .slice(0, frames);
}

/**
 * Masks secrets and personal data in a text: phone numbers except for the last three digits, the query of an address
 * (which may grant access), tokens and keys. A phone number is a separate group or groups of 7 to 15 digits (ITU-T
 * E.164 allows at most 15). Our ids remain: they are hexadecimal, have at most 44 characters without a break, and no
 * digits that stand apart.
 */
export function maskText(text: string): string {
  return text
    .replaceAll(/(\bhttps?:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, '$1?…')
    .replaceAll(/\b(Bearer|Basic|SharedKey(?:Lite)?) +[^\s"',;]+/gi, '$1 …')
    .replaceAll(/\b(AccountKey|SharedAccessSignature|sig|key|secret|password|token)=[^\s"',;&]+/gi, '$1=…')
    .replaceAll(/\beyJ[\w-]+(?:\.[\w-]+)*/g, '…')
    .replaceAll(/(?<![\w+/=-])[\w+/=-]{45,}/g, '…')
    .replaceAll(
      /(?<![\w-])\+?\(?\d(?:[ ()-]{0,2}\d){6,14}(?![\w-])/g,
      (number) => `…${number.replaceAll(/\D/g, '').slice(-3)}`,
    );
}
