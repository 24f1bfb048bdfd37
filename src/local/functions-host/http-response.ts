import type { ServerResponse } from 'node:http';

import type { HttpCookie, HttpData } from './functions-core.ts';

/** Headers that belong to one connection and are never forwarded (RFC 9110, 7.6.1). */
export const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Ends a response with a status and no body. Does nothing if the head was already sent. */
export function endEmpty(response: ServerResponse, status: number): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-length': '0' }).end();
}

/** Sends the response of a function, in the form in which the library returns it. */
export function sendHttpData(response: ServerResponse, data: HttpData): void {
  for (const [name, value] of Object.entries(data.headers ?? {})) {
    if (name !== 'content-length' && !connectionHeaders.has(name)) response.setHeader(name, value);
  }
  const cookies = (data.cookies ?? []).map(formatCookie);
  if (cookies.length > 0) response.appendHeader('set-cookie', cookies);
  response.statusCode = Number(data.statusCode ?? 200);
  response.end(data.body?.bytes ?? data.body?.string ?? undefined);
}

/** A cookie as ASP.NET Core writes it: the path is `/` unless given, attribute names in lower case, in this order. */
function formatCookie(cookie: HttpCookie): string {
  const expires = cookie.expires?.value?.seconds;
  const maxAge = cookie.maxAge?.value;
  const domain = cookie.domain?.value;
  const sameSite = cookie.sameSite === 'explicitNone' ? 'none' : cookie.sameSite;
  return [
    `${cookie.name}=${escapeDataString(cookie.value)}`,
    ...(expires == null ? [] : [`expires=${new Date(expires * 1000).toUTCString()}`]),
    ...(maxAge == null ? [] : [`max-age=${Math.trunc(maxAge)}`]),
    ...(domain == null ? [] : [`domain=${domain}`]),
    `path=${cookie.path?.value ?? '/'}`,
    ...(cookie.secure?.value === true ? ['secure'] : []),
    ...(sameSite === undefined || cookie.sameSite === 'none' ? [] : [`samesite=${sameSite}`]),
    ...(cookie.httpOnly?.value === true ? ['httponly'] : []),
  ].join('; ');
}

/** Percent-encoding as .NET does it, which spares fewer characters. */
function escapeDataString(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
