import { operationsOf, placesOf, textsIn, unless } from './document.ts';
import type { LooseConnectionParameter, LooseDefinition, LooseProperties, Rule } from './document.ts';

/*
 * What connectors are judged by: the definition's head, the properties, the icon. Facts from Microsoft's documentation of
 * custom connectors and of their certification.
 */

/** Names that no text of a connector may have. */
export const productNames =
  /\b(power ?(apps|automate|bi|pages|platform|virtual agents)|copilot|dataverse|microsoft flow|logic apps)\b/i;

const categories = new Set(
  (
    'AI;Business Management;Business Intelligence;Collaboration;Commerce;Communication;Content and Files;Finance;Data;' +
    'Human Resources;Internet of Things;IT Operations;Lifestyle and Entertainment;Marketing;Productivity;' +
    'Sales and CRM;Security;Social Media;Website'
  ).split(';'),
);

const keyOrder = [
  'swagger',
  'info',
  'host',
  'basePath',
  'schemes',
  'consumes',
  'produces',
  'paths',
  'definitions',
  'parameters',
  'responses',
  'securityDefinitions',
  'security',
  'tags',
];

const openApi3 = new Set(['nullable', 'oneOf', 'anyOf', 'requestBody', 'components', 'servers', 'openapi']);

const policies: Record<string, readonly string[]> = {
  convertarraytoobject: ['propertyParentPath', 'keyWithinCollectionPath', 'newPropertyPath'],
  convertobjecttoarray: ['propertyParentPath', 'newPropertyPath'],
  dynamichosturl: ['urlTemplate'],
  encodepropertyvalue: ['propertyParentPath', 'newPropertyPath'],
  pollingtrigger: ['triggerConfig', 'triggerDataPath'],
  routerequesttoendpoint: ['newPath'],
  setheader: ['name', 'value'],
  setproperty: ['newPropertyParentPathTemplate', 'newPropertySubPathTemplate', 'propertyValuePathTemplate'],
  setqueryparameter: ['name', 'value'],
  setvaluefromurl: ['parameterTemplate', 'parameterValueUrl', 'parameterValuePathTemplate'],
  stringreplace: ['propertyParentPath', 'sourceString', 'replacementString', 'newPropertyPath'],
  stringtoarray: ['propertyParentPath', 'delimiterList', 'childPropertyName', 'newPropertyPath'],
  updatenextlink: ['nextLinkPropertyName'],
};

const providerParameters: Record<string, readonly string[] | undefined> = {
  oauth2: ['authorizationUrl', 'tokenUrl', 'refreshUrl'],
  aad: ['resourceUri', 'loginUri', 'tenantId', 'enableOnbehalfOfLogin'],
};

function connectionParameters({ properties }: LooseProperties): [string, LooseConnectionParameter][] {
  return Object.entries(properties.connectionParameters ?? {});
}

function metadataOf(definition: LooseDefinition): Map<string, string> {
  return new Map(
    (definition['x-ms-connector-metadata'] ?? []).map(({ propertyName, propertyValue }) => [
      propertyName,
      propertyValue,
    ]),
  );
}

function isHttps(text: string | undefined): boolean {
  return text !== undefined && URL.canParse(text) && new URL(text).protocol === 'https:';
}

/** The keys of a document, without the names of schema properties, which may be anything. */
function keywordsIn(value: unknown, isMapOfNames = false): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => keywordsIn(entry));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(isMapOfNames ? [] : [key]),
    ...keywordsIn(inner, !isMapOfNames && ['properties', 'definitions', 'paths'].includes(key)),
  ]);
}

export const metadataRules: readonly Rule[] = [
  {
    id: 'I01',
    sentence: 'the title is short, plain, and names no product of the platform',
    check: ({ info: { title = '' } }) => [
      ...unless(/^[\x20-\x7e]{0,29}[A-Za-z0-9]$/.test(title), `title "${title}" is not 1 to 30 plain characters`),
      ...unless(!/\b(api|connector)\b/i.test(title) && !productNames.test(title), `title "${title}" has a barred word`),
    ],
  },
  {
    id: 'I02',
    sentence: 'the description is 30 to 500 ASCII characters without product names and addresses',
    check: ({ info: { description = '' } }) => [
      ...unless(/^[\x20-\x7e]{30,500}$/.test(description), `description has ${description.length} characters`),
      ...unless(!/\bapi\b/i.test(description) && !productNames.test(description), 'description has a barred word'),
      ...unless(!/https?:|www\./i.test(description), 'description has an address'),
    ],
  },
  {
    id: 'I03',
    sentence: 'the contact has a name, an absolute address and an email address',
    check: ({ info: { contact = {} } }) => [
      ...unless((contact.name ?? '') !== '', 'contact has no name'),
      ...unless(isHttps(contact.url), `contact url ${contact.url}`),
      ...unless(/^[\x21-\x7e]+@[a-z0-9.-]+\.[a-z]+$/i.test(contact.email ?? ''), `contact email ${contact.email}`),
    ],
  },
  {
    id: 'I04',
    sentence: 'the metadata are website, privacy policy and at most two known categories',
    check: (definition) => {
      const metadata = metadataOf(definition);
      const names = [...metadata.keys()].join(', ');
      const chosen = metadata.get('Categories')?.split(';') ?? [];
      return [
        ...unless(names === 'Website, Privacy policy, Categories', `metadata are ${names}`),
        ...unless(isHttps(metadata.get('Website')), `website ${metadata.get('Website')}`),
        ...unless(isHttps(metadata.get('Privacy policy')), `privacy policy ${metadata.get('Privacy policy')}`),
        ...unless([1, 2].includes(chosen.length), `${chosen.length} categories`),
        ...chosen.filter((category) => !categories.has(category)).map((category) => `category ${category}`),
      ];
    },
  },
  {
    id: 'I05',
    sentence: 'publisher and stack owner are plain words',
    check: (_, { properties }) =>
      (['publisher', 'stackOwner'] as const)
        .filter((key) => !/^[A-Za-z0-9][A-Za-z0-9 .,&-]*$/.test(properties[key] ?? ''))
        .map((key) => `${key} is ${properties[key]}`),
  },
  {
    id: 'I06',
    sentence: "the brand colour is neither white nor the platform's own",
    check: (_, { properties: { iconBrandColor = '' } }) =>
      unless(/^#(?!ffffff|007ee5)[0-9a-f]{6}$/i.test(iconBrandColor), `iconBrandColor is ${iconBrandColor}`),
  },
  {
    id: 'I08',
    sentence: 'the host is a bare production host, and everything goes by https',
    check: (definition, properties) => [
      ...unless(/^([a-z0-9-]+\.)+[a-z]{2,}$/.test(definition.host ?? ''), `host is ${definition.host}`),
      ...unless(!/(^|[.-])(dev|test|staging|localhost)([.-]|$)/.test(definition.host ?? ''), 'host is not production'),
      ...unless(definition.schemes?.join() === 'https', `schemes are ${definition.schemes?.join()}`),
      ...unless(definition.basePath?.startsWith('/') ?? false, `basePath is ${definition.basePath}`),
      ...[...textsIn(definition), ...textsIn(properties)]
        .filter((text) => /\b(http|ws|wss|ftp):\/\//i.test(text))
        .map((text) => `not https: ${text}`),
    ],
  },
  {
    id: 'I09',
    sentence: 'the definition is Swagger 2.0 of less than a megabyte, without words of OpenAPI 3',
    check: (definition) => [
      ...unless(definition.swagger === '2.0', `swagger is ${definition.swagger}`),
      ...unless(JSON.stringify(definition, null, 4).length < 1_000_000, 'the definition is too large'),
      ...keywordsIn(definition)
        .filter((keyword) => openApi3.has(keyword))
        .map((keyword) => `keyword ${keyword}`),
    ],
  },
  {
    id: 'I10',
    sentence: 'there are at most 256 operations, 512 schemas a body and 16,384 schemas an operation',
    check: (definition) => {
      const operations = operationsOf(definition);
      return [
        ...unless(operations.length <= 256, `${operations.length} operations`),
        ...operations.flatMap((standing) => {
          const places = placesOf(standing);
          const bodies = Map.groupBy(places, ({ parents, place }) => parents[0]?.place ?? place);
          return [
            ...unless(places.length <= 16_384, `${standing.id}: ${places.length} schemas`),
            ...[...bodies]
              .filter(([, schemas]) => schemas.length > 512)
              .map(([place, schemas]) => `${standing.id}: ${place} has ${schemas.length} schemas`),
          ];
        }),
      ];
    },
  },
  {
    id: 'I11',
    sentence: "the definition's keys stand in the order of the coding standards",
    check: (definition) => {
      const ranks = Object.keys(definition).map((key) => (keyOrder.includes(key) ? keyOrder.indexOf(key) : Infinity));
      return unless(
        ranks.every((rank, index) => index === 0 || rank >= (ranks[index - 1] ?? 0)),
        `keys are ${Object.keys(definition).join()}`,
      );
    },
  },
  {
    id: 'I12',
    sentence: 'every connection parameter is described, and its constraints have the right types',
    check: (_, properties) =>
      connectionParameters(properties).flatMap(([name, { uiDefinition }]) => {
        const constraints = uiDefinition?.constraints ?? {};
        return [
          ...unless((uiDefinition?.displayName ?? '') !== '', `${name} has no name to show`),
          ...unless((uiDefinition?.description ?? '') !== '', `${name} has no description`),
          ...['required', 'hidden']
            .filter((key) => ![undefined, 'true', 'false'].includes(constraints[key] as string | undefined))
            .map((key) => `${name}: ${key} is not the text "true" or "false"`),
          ...unless(['undefined', 'boolean'].includes(typeof constraints['clearText']), `${name}: clearText`),
        ];
      }),
  },
  {
    id: 'I13',
    sentence: 'no real client id and no secret is in the files, and the redirect address is a known one',
    check: (_, properties) =>
      connectionParameters(properties).flatMap(([name, { oAuthSettings }]) => {
        if (oAuthSettings === undefined) return [];
        const { clientId = '', redirectMode = 'GlobalPerConnector', redirectUrl } = oAuthSettings;
        return [
          ...Object.keys(oAuthSettings)
            .filter((key) => /secret/i.test(key))
            .map((key) => `${name} has a ${key}`),
          ...unless(/^[0-]*$/.test(clientId), `${name}: ${clientId} looks like a real client id`),
          ...unless(['Global', 'GlobalPerConnector'].includes(redirectMode), `${name}: redirect mode ${redirectMode}`),
          ...unless(
            redirectUrl === undefined || redirectUrl.startsWith('https://global.consent.azure-apim.net/redirect'),
            `${name}: redirect url ${redirectUrl}`,
          ),
        ];
      }),
  },
  {
    id: 'I14',
    sentence: 'there is one way to sign in, it is Entra ID, and the definition says the same',
    check: ({ securityDefinitions = {} }, properties) => {
      const ways = connectionParameters(properties).filter(([, { type }]) =>
        ['oauthSetting', 'securestring'].includes(String(type)),
      );
      const providers = ways.map(([, { oAuthSettings }]) => oAuthSettings?.identityProvider);
      return [
        ...unless(providers.join() === 'aad', `ways to sign in: ${providers.join()}`),
        ...unless(
          Object.values(securityDefinitions)
            .map(({ type }) => type)
            .join() === 'oauth2',
          'the definition names another sign-in',
        ),
        ...unless(properties.properties.connectionParameterSets === undefined, 'there is a choice of sign-ins'),
      ];
    },
  },
  {
    id: 'I15',
    sentence: 'the capabilities are actions and triggers, or none',
    check: (_, { properties: { capabilities = [] } }) =>
      unless(['', 'actions,triggers'].includes(capabilities.join()), `capabilities are ${capabilities.join()}`),
  },
  {
    id: 'I16',
    sentence: 'connection parameters have legal names, types and identity providers',
    check: (_, properties) =>
      connectionParameters(properties).flatMap(([name, { type, oAuthSettings }]) => {
        const { identityProvider = '', customParameters = {} } = oAuthSettings ?? {};
        const known = ['oauth2', 'oauth2generic', 'aad', 'facebook'];
        const allowed = providerParameters[identityProvider];
        return [
          ...unless(/^[0-9a-zA-Z_]+(:[0-9a-zA-Z_]+)?$/.test(name), `${name}: the name is not legal`),
          ...unless(
            ['string', 'securestring', 'int', 'bool', 'oauthSetting', 'gatewaySetting'].includes(String(type)),
            `${name}: type ${type}`,
          ),
          ...unless((type === 'oauthSetting') === (oAuthSettings !== undefined), `${name}: OAuth settings`),
          ...unless(oAuthSettings === undefined || known.includes(identityProvider), `${name}: ${identityProvider}`),
          ...unless(
            identityProvider !== 'aad' || customParameters['resourceUri'] !== undefined,
            `${name}: aad needs a resourceUri`,
          ),
          ...Object.keys(customParameters)
            .filter((key) => allowed !== undefined && !allowed.includes(key))
            .map((key) => `${name}: ${identityProvider} has no ${key}`),
        ];
      }),
  },
  {
    id: 'I17',
    sentence: 'policies use known templates, with their parameters, on operations that exist',
    check: (definition, { properties: { policyTemplateInstances = [] } }) => {
      const ids = new Set(operationsOf(definition).map(({ id }) => id));
      return policyTemplateInstances.flatMap(({ templateId, parameters = {} }) => {
        const needed = policies[templateId];
        if (needed === undefined) return [`there is no template ${templateId}`];
        const on = parameters['x-ms-apimTemplate-operationName'] as string[] | undefined;
        return [
          ...needed
            .filter((name) => parameters[`x-ms-apimTemplateParameter.${name}`] === undefined)
            .map((name) => `${templateId} lacks ${name}`),
          ...Object.keys(parameters)
            .filter((key) => !/^x-ms-apimTemplate(Parameter\.\w+|-operationName|-policySection)$/.test(key))
            .map((key) => `${templateId}: ${key}`),
          ...(on ?? []).filter((id) => !ids.has(id)).map((id) => `${templateId} on ${id}, which doesn't exist`),
        ];
      });
    },
  },
];

/**
 * I07: what a program can see of an icon's file. Takes the bytes of a PNG; whether the logo is good to look at, and its
 * ground the brand colour, needs eyes.
 */
export function checkIcon(bytes: Buffer): string[] {
  if (bytes.subarray(0, 8).toString('latin1') !== '\x89PNG\r\n\x1a\n') return ['the icon is not a PNG'];
  const [width, height, colourType] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes.readUInt8(25)];
  return [
    ...unless(width === height, `the icon is ${width} by ${height} pixels`),
    ...unless(width >= 100 && width <= 230, `the icon is ${width} pixels wide`),
    ...unless(bytes.length < 1_000_000, `the icon has ${bytes.length} bytes`),
    ...unless(colourType === 2 || colourType === 3, 'the icon has an alpha channel'),
  ];
}

/** I11, the part that only the text shows. */
export function checkText(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) => [
      ...unless(!/\s$/.test(line), `line ${index + 1} ends in a blank`),
      ...unless((/^ */.exec(line)?.[0].length ?? 0) % 4 === 0, `line ${index + 1} is not indented by fours`),
      ...unless(!line.includes('\t'), `line ${index + 1} has a tab`),
    ]);
}
