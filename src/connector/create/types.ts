import type { OpenAPIV2 } from 'openapi-types';

/*
 * The exact shapes that the generator writes. Types of plain Swagger come from openapi-types; because these accept any
 * key, this file declares everything else.
 */

/** `x-ms-dynamic-values`: a dropdown filled by another operation. */
export interface DynamicValues {
  operationId: string;
  'value-collection'?: string;
  /** Absent, like the title, if the entries are plain texts. */
  'value-path'?: string;
  'value-title'?: string;
  parameters?: Readonly<Record<string, { parameter: string } | string | boolean>>;
}

/** `x-ms-dynamic-list`: the newer spelling of the same. */
export interface DynamicList {
  operationId: string;
  itemsPath: string;
  itemValuePath: string;
  itemTitlePath: string;
  parameters: Record<string, { parameterReference: string } | { value: string | boolean }>;
}

/** The two spellings of a dropdown. */
export interface DropdownExtensions {
  'x-ms-dynamic-values'?: DynamicValues;
  'x-ms-dynamic-list'?: DynamicList;
}

interface ValueRules
  extends
    Pick<OpenAPIV2.ItemsObject, 'format' | 'maxLength' | 'minimum' | 'maximum' | 'minItems' | 'maxItems'>,
    DropdownExtensions {
  description?: string;
  enum?: readonly (string | number)[];
  default?: string | number | boolean;
  'x-ms-visibility'?: 'important' | 'advanced' | 'internal';
}

/** A schema of a body or an answer. */
export interface SchemaObject extends ValueRules {
  title?: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  items?: SchemaObject;
  properties?: Record<string, SchemaObject>;
  required?: readonly string[];
  additionalProperties?: boolean;
  /** The platform fills in the address that a trigger's notifications go to. */
  'x-ms-notification-url'?: true;
}

/** A parameter in path, query or header. */
export interface ValueParameter extends ValueRules {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  type: 'string' | 'integer' | 'number' | 'boolean';
  'x-ms-summary': string;
  'x-ms-url-encoding'?: 'single';
}

/** The body as a parameter. */
export interface BodyParameter {
  name: string;
  in: 'body';
  description: string;
  required: true;
  schema: SchemaObject;
}

/** A response; only one of an operation's responses may have a schema. */
export interface ResponseObject {
  description: string;
  schema?: SchemaObject;
}

/** One operation of the definition. */
export interface OperationObject {
  operationId: string;
  summary: string;
  description: string;
  'x-ms-visibility'?: 'important' | 'advanced' | 'internal';
  'x-ms-trigger'?: 'single';
  'x-ms-trigger-hint'?: string;
  deprecated?: true;
  parameters: (ValueParameter | BodyParameter)[];
  responses: Record<string, ResponseObject>;
  security: OpenAPIV2.SecurityRequirementObject[];
}

type Method = 'get' | 'post' | 'put' | 'delete';

/** The notification that a trigger sends to the registered address. */
interface NotificationContent {
  description: string;
  schema: SchemaObject;
}

/** The operations of one path. A path has at most one trigger, because the notification belongs to the path. */
export type PathItem = Partial<Record<Method, OperationObject>> & {
  'x-ms-notification-content'?: NotificationContent;
};

/** The ways to sign in, by name. */
export type SecurityDefinitions = Record<
  string,
  OpenAPIV2.SecuritySchemeOauth2AccessCode | OpenAPIV2.SecuritySchemeApiKey
>;

/** connector/apiDefinition.swagger.json */
export interface ConnectorDefinition {
  swagger: '2.0';
  info: Required<Pick<OpenAPIV2.InfoObject, 'title' | 'description' | 'version'>> & {
    contact: Required<OpenAPIV2.ContactObject>;
  };
  host: string;
  basePath: string;
  schemes: ['https'];
  consumes: OpenAPIV2.MimeTypes;
  produces: OpenAPIV2.MimeTypes;
  paths: Record<string, PathItem>;
  securityDefinitions: SecurityDefinitions;
  security: OpenAPIV2.SecurityRequirementObject[];
  'x-ms-connector-metadata': { propertyName: string; propertyValue: string }[];
}

interface UiDefinition {
  displayName: string;
  description: string;
  tooltip?: string;
  /** Texts, not flags: certification refuses JSON booleans here. */
  constraints: { required: 'true' | 'false'; hidden?: 'true' | 'false' };
}

/** The connection parameter with which a maker signs in. */
export interface SignIn {
  type: 'oauthSetting';
  oAuthSettings: {
    clientId: string;
    scopes: string[];
    redirectMode?: 'Global' | 'GlobalPerConnector';
  } & (
    | {
        identityProvider: 'aad';
        properties: {
          IsFirstParty: 'False';
          AzureActiveDirectoryResourceId: string;
          IsOnbehalfofLoginSupported: boolean;
        };
        customParameters: Record<'loginUri' | 'tenantId' | 'resourceUri', { value: string }>;
      }
    | {
        identityProvider: 'oauth2';
        properties: { IsFirstParty: 'False' };
        customParameters: Record<'authorizationUrl' | 'tokenUrl' | 'refreshUrl', { value: string }>;
      }
  );
  uiDefinition: UiDefinition;
}

/** The connection parameter in which the platform keeps the maker's tenant. */
export interface TenantParameter {
  type: 'string';
  metadata: { sourceType: 'AzureActiveDirectoryTenant' };
  uiDefinition: UiDefinition;
}

/** The connection parameters of a sign-in. The tenant is present only with Microsoft Entra ID. */
export interface SignInParameters {
  token: SignIn;
  'token:TenantId'?: TenantParameter;
}

/** The connection parameter that holds an API key. */
export interface KeyParameter {
  type: 'securestring';
  uiDefinition: Omit<UiDefinition, 'constraints'> & {
    constraints: UiDefinition['constraints'] & { clearText: false };
    /** In a set, designers read the description here (Microsoft's documentation of several ways to sign in). */
    schema: { type: 'securestring'; description: string };
  };
}

/** One of the ways to sign in from which a maker chooses. */
interface ParameterSet<Parameters> {
  name: string;
  uiDefinition: Pick<UiDefinition, 'displayName' | 'description'>;
  parameters: Parameters;
}

/** The ways to sign in from which a maker chooses. */
export interface ParameterSets {
  uiDefinition: Pick<UiDefinition, 'displayName' | 'description'>;
  values: [ParameterSet<SignInParameters>, ParameterSet<{ api_key: KeyParameter }>];
}

/** A policy that the platform's gateway applies to each call. */
export interface PolicyTemplateInstance {
  templateId: 'setheader';
  title: string;
  parameters: Record<string, string>;
}

/** connector/apiProperties.json */
export interface ApiProperties {
  properties: {
    /** Present if there are no sets. */
    connectionParameters?: SignInParameters;
    connectionParameterSets?: ParameterSets;
    iconBrandColor: string;
    capabilities: string[];
    publisher: string;
    stackOwner?: string;
    policyTemplateInstances: PolicyTemplateInstance[];
  };
}
