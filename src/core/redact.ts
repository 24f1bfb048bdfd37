/** What the log shows of an error. */
export interface PrintableError {
  name: string;
  message: string;
  code?: string;
  statusCode?: number;
  /** Where it happened: places in this app's own files, the innermost first. */
  stack?: string[];
  cause?: PrintableError;
}

const messageCharacters = 300;
const codeCharacters = 80;
const frames = 10;
const causes = 3;

/**
 * Makes an error fit for the log. Errors carry what they were made of: a JSON error the text that it could not read,
 * one of the storage libraries the whole request with rows and headers, one of fetch the address. So only what is named
 * in {@link PrintableError} is taken, and of the message only what can't be somebody's data.
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

/** The libraries for storage put the service's code among the details, each in its own place. */
function codeOf(error: Error): string | undefined {
  const { code, details } = error as { code?: unknown; details?: { code?: unknown; odataError?: { code?: unknown } } };
  return [code, details?.odataError?.code, details?.code].find((candidate) => typeof candidate === 'string');
}

/** An object that was thrown may hold anything, so only a text is shown. */
function describeValue(value: unknown): string {
  return typeof value === 'string' ? maskQuoted(maskText(value)).slice(0, messageCharacters) : '';
}

/**
 * What libraries put between quotation marks is the input that they could not read, which may hold such marks itself.
 * Between single ones stands the name of a property, or input as well.
 */
function maskQuoted(text: string): string {
  return text.replace(/".*"|".*$/s, '"…"').replaceAll(/(?<=^|[\s([:=,])'(?![\w$.-]{1,40}')[^\n]*'/g, "'…'");
}

/** Lines of the stack below the message that name a file of this app; the path before its folder is left out. */
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
 * Masks what may stand in any text: phone numbers down to the last three digits, the query of an address, which opens
 * it, and tokens and keys. Ids stay: they are hexadecimal and at most 44 characters long without a break, and their
 * digits never stand alone. A number that does is one of 7 to 15 digits (ITU-T E.164 has at most 15), also in groups.
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
