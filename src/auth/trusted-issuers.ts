/** An issuer whose tokens are accepted. */
export interface TrustedIssuer {
  /** The exact value of the claim `iss`. */
  issuer: string;
  /** The claim `aud` must contain one of these. */
  audiences: readonly string[];
  /** The address of the issuer's signing keys. */
  jwksUrl: string;
  /** The value that the claim `tid` must have; absent: any. */
  tenantId?: string;
}

/**
 * Returns the issuers of tenants of Microsoft Entra ID, two for each tenant. The registration of the API decides the
 * version of its tokens. A token of version 1 names an issuer at sts.windows.net, a token of version 2 one at the
 * sign-in address (Microsoft's documentation, "Access tokens in the Microsoft identity platform").
 *
 * @param authority the sign-in address of the cloud, without a slash at its end
 * @param audiences the API's application ID URI, its client id, or both: tokens of version 2 name the client id
 */
export function entraIssuers(
  tenantIds: readonly string[],
  audiences: readonly string[],
  authority: string,
): TrustedIssuer[] {
  return tenantIds.flatMap((tenantId) => {
    const common = { audiences, tenantId, jwksUrl: `${authority}/${tenantId}/discovery/v2.0/keys` };
    return [
      { ...common, issuer: `https://sts.windows.net/${tenantId}/` },
      { ...common, issuer: `${authority}/${tenantId}/v2.0` },
    ];
  });
}
