import { isObject } from '../core/json.ts';
import { GeneratorError } from './generator-error.ts';

/**
 * The settings of the connector's publisher. They hold no secret: the publisher gives the client's secret to the
 * platform.
 */
export interface ConnectorSettings {
  title: string;
  description: string;
  version: string;
  /** The host name of the backend, without scheme, port or path. */
  host: string;
  contact: { name: string; url: string; email: string };
  website: string;
  privacyPolicy: string;
  categories: readonly string[];
  publisher: string;
  stackOwner: string;
  iconBrandColor: string;
  oauth: EntraSettings | OAuthSettings;
  /** Whether makers may also connect with an API key of the backend; default: false. */
  apiKey?: boolean;
}

interface CommonOAuthSettings {
  /** The client id of the connector's application. */
  clientId: string;
  redirectMode: 'Global' | 'GlobalPerConnector';
}

/** Sign-in with Microsoft Entra ID. */
export interface EntraSettings extends CommonOAuthSettings {
  provider?: 'aad';
  loginUri: string;
  tenantId: string;
  /** The backend's application ID URI; scopes are qualified with it. */
  resourceUri: string;
}

/** Sign-in with another provider of OAuth 2.0. */
export interface OAuthSettings extends CommonOAuthSettings {
  provider: 'oauth2';
  authorizationUrl: string;
  tokenUrl: string;
  refreshUrl: string;
  /** The scopes of a connection, with the provider's names. */
  scopes: readonly string[];
}

interface Rule {
  /** Completes the sentence "<key> must …". */
  must: string;
  holds: (value: unknown) => boolean;
}

// Microsoft's list of connector categories.
const knownCategories = [
  'AI',
  'Business Management',
  'Business Intelligence',
  'Collaboration',
  'Commerce',
  'Communication',
  'Content and Files',
  'Finance',
  'Data',
  'Human Resources',
  'Internet of Things',
  'IT Operations',
  'Lifestyle and Entertainment',
  'Marketing',
  'Productivity',
  'Sales and CRM',
  'Security',
  'Social Media',
  'Website',
];

function matching(pattern: RegExp, must: string): Rule {
  return { must, holds: (value) => typeof value === 'string' && pattern.test(value) };
}

const words = matching(/^[A-Za-z0-9][A-Za-z0-9 .,&-]*$/, 'be words in plain letters and digits');
const url = matching(/^https:\/\/[a-z0-9.-]+\.[a-z]{2,}(\/[\x21-\x7e]*)?$/, 'be an absolute https address');
const guid = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'be a GUID in lower case');

// The limits are those of connector certification.
const rules: Record<string, Rule> = {
  title: matching(/^[A-Za-z0-9 ]{0,29}[A-Za-z0-9]$/, 'be 1 to 30 letters, digits and blanks'),
  description: matching(/^[\x20-\x7e]{30,500}$/, 'be 30 to 500 ASCII characters'),
  version: matching(/^\d+\.\d+(\.\d+)?$/, 'be a version such as 1.0.0'),
  host: matching(/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'be a host name without scheme, port or path'),
  'contact.name': words,
  'contact.url': url,
  'contact.email': matching(/^[\w.+-]+@[a-z0-9.-]+\.[a-z]{2,}$/i, 'be an email address'),
  website: url,
  privacyPolicy: url,
  categories: {
    must: `be a list of one or two of: ${knownCategories.join(', ')}`,
    holds: (value) =>
      Array.isArray(value) && [1, 2].includes(value.length) && value.every((entry) => knownCategories.includes(entry)),
  },
  publisher: words,
  stackOwner: words,
  iconBrandColor: matching(
    /^#(?!ffffff|007ee5)[0-9a-f]{6}$/,
    "be a colour such as #1f6f78 in lower case, neither white nor the platform's own #007ee5",
  ),
};

const redirectMode = matching(/^Global(PerConnector)?$/, 'be Global or GlobalPerConnector');

const entraRules: Record<string, Rule> = {
  'oauth.loginUri': url,
  'oauth.tenantId': guid,
  'oauth.clientId': guid,
  'oauth.resourceUri': matching(/^(api|https):\/\/[\x21-\x7e]*[^/]$/, 'be an application ID URI such as api://<GUID>'),
  'oauth.redirectMode': redirectMode,
};

const oauthRules: Record<string, Rule> = {
  'oauth.authorizationUrl': url,
  'oauth.tokenUrl': url,
  'oauth.refreshUrl': url,
  'oauth.clientId': matching(/^[\x21-\x7e]+$/, 'be a client id'),
  'oauth.scopes': {
    must: 'be a list of scopes without blanks',
    holds: (value) =>
      Array.isArray(value) && value.every((entry) => typeof entry === 'string' && /^[\x21-\x7e]+$/.test(entry)),
  },
  'oauth.redirectMode': redirectMode,
};

/** The rules of optional settings. */
const optionalRules: Record<string, Rule> = {
  'oauth.provider': matching(/^(aad|oauth2)$/, 'be aad or oauth2'),
  apiKey: { must: 'be true or false', holds: (value) => typeof value === 'boolean' },
};

/**
 * Reads the generator's settings from the text of its file.
 *
 * @throws {GeneratorError} naming each key that is missing, unknown or not valid
 */
export function parseSettings(text: string): ConnectorSettings {
  const settings = parseJson(text);
  const values = leaves(settings);
  const required = { ...rules, ...(values.get('oauth.provider') === 'oauth2' ? oauthRules : entraRules) };
  const given = Object.entries(optionalRules).filter(([key]) => values.has(key));
  const unknown = [...values.keys()].filter((key) => !Object.hasOwn({ ...required, ...optionalRules }, key));
  const complaints = [
    ...[...Object.entries(required), ...given]
      .filter(([key, { holds }]) => !holds(values.get(key)))
      .map(([key, { must }]) => (values.has(key) ? `${key} must ${must}` : `${key} is missing: it must ${must}`)),
    ...unknown.map((key) => `${key} is not a setting`),
  ];
  if (complaints.length > 0) throw new GeneratorError(complaints);
  return settings as ConnectorSettings;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new GeneratorError([`the settings are not valid JSON: ${(error as Error).message}`]);
  }
}

/** Returns the values of nested objects by dotted keys. */
function leaves(value: unknown, key = ''): Map<string, unknown> {
  if (!isObject(value)) {
    return new Map(key === '' ? [] : [[key, value]]);
  }
  return new Map(
    Object.entries(value).flatMap(([name, inner]) => [...leaves(inner, key === '' ? name : `${key}.${name}`)]),
  );
}
