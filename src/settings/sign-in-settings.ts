import { entraIssuers } from '../auth/trusted-issuers.ts';
import type { TrustedIssuer } from '../auth/trusted-issuers.ts';
import type { TokenSettings } from '../auth/verify-token.ts';
import type { SettingsReader } from '../carriers/settings-reader.ts';
import type { AppSettings } from './settings-table.ts';

/**
 * Reads which tokens are accepted.
 *
 * @param authority the sign-in address of the Entra tenants, without a slash at its end
 */
export function readTokenSettings(read: SettingsReader<AppSettings>, authority: string): TokenSettings {
  return { issuers: readIssuers(read, authority), clientIds: read.list('TOKEN_CLIENT_IDS') };
}

/** Reads tenants of Entra, another issuer, or both. The list is empty if every caller needs an API key. */
function readIssuers(read: SettingsReader<AppSettings>, authority: string): TrustedIssuer[] {
  const tenants = readTenants(read);
  const audiences = read.list('ENTRA_AUDIENCES');
  if (tenants.length > 0 && audiences.length === 0) {
    read.problem('ENTRA_AUDIENCES is not set: it is required with ENTRA_TENANTS');
  }
  const issuers = entraIssuers(tenants, audiences, authority);
  const hasOther = read.optional('TOKEN_ISSUER') !== undefined;
  const keysOnly = read.flag('API_KEYS_ONLY');
  if (keysOnly && (tenants.length > 0 || hasOther)) {
    read.problem(
      'API_KEYS_ONLY is true, but ENTRA_TENANTS or TOKEN_ISSUER is set and lets tokens in: keep one of them',
    );
  }
  if ((tenants.length > 0 || keysOnly) && !hasOther) return issuers;
  return [
    ...issuers,
    {
      issuer: read.text('TOKEN_ISSUER'),
      audiences: [read.text('TOKEN_AUDIENCE')],
      jwksUrl: read.url('TOKEN_JWKS_URL'),
    },
  ];
}

function readTenants({ list, problem }: SettingsReader<AppSettings>): string[] {
  const tenants = list('ENTRA_TENANTS').map((id) => id.toLowerCase());
  const wrong = tenants.find((id) => !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id));
  if (wrong !== undefined) {
    problem(`ENTRA_TENANTS names '${wrong}', which is not a tenant id: give GUIDs, separated by commas`);
  }
  return tenants;
}
