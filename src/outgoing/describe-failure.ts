const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The host was not found.',
  ENODATA: 'The host was not found.',
  EAI_AGAIN: 'The host could not be looked up.',
  ESERVFAIL: 'The host could not be looked up.',
  ETIMEOUT: 'The host could not be looked up.',
  ECONNREFUSED: 'The host refused the connection.',
  ECONNRESET: 'The host closed the connection before it answered.',
  EPIPE: 'The host closed the connection before it answered.',
  ETIMEDOUT: 'The host could not be reached in time.',
  EHOSTUNREACH: 'The host could not be reached.',
  ENETUNREACH: 'The host could not be reached.',
  HPE_HEADER_OVERFLOW: 'The headers of the answer are too large.',
};

/**
 * Describes why a call failed, in a sentence for an operator. The sentence never contains the error's own message,
 * which may contain the address and so its signature. If the error's code says more than the sentence, it follows in
 * brackets.
 */
export function describeFailure(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  if (typeof code !== 'string') return 'The call failed.';
  const reason = reasons[code];
  if (reason !== undefined) return reason;
  if (code.startsWith('HPE_')) return `The answer is not HTTP (${code}).`;
  if (/^ERR_SSL_|^EPROTO$/.test(code)) return `The TLS handshake with the host failed (${code}).`;
  // OpenSSL's reasons to refuse a certificate, and Node's own.
  if (/CERT|SIGNATURE/.test(code)) return `The host's certificate is not trusted (${code}).`;
  return `The call failed (${code}).`;
}
