/** Whose tokens are accepted, for whom they must be, and where the issuer's keys are. */
export interface TrustedIssuer {
  /** The claim `iss`, letter by letter. */
  issuer: string;
  /** The claim `aud` must hold one of these. */
  audiences: readonly string[];
  jwksUrl: string;
  /** The claim `tid` must be this, where it is set. */
  tenantId?: string;
}

/**
 * The issuers of tenants of Microsoft Entra ID. Which version a token has is the choice of the API's registration: one
 * of version 1 names the tenant's issuer at sts.windows.net, one of version 2 at the sign-in address (Microsoft's
 * documentation, "Access tokens in the Microsoft identity platform").
 *
 * @param authority the sign-in address of the cloud, without a slash at its end
 * @param audiences the API's application ID URI, its client id, or both: version 2 names the latter
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
