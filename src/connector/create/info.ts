import type { ConnectorSettings } from '../settings.ts';
import type { ConnectorDefinition } from './types.ts';

/** Writes the connector's title, description, version and publisher's contact. */
export function createInfo({
  title,
  description,
  version,
  contact,
}: Pick<ConnectorSettings, 'title' | 'description' | 'version' | 'contact'>): ConnectorDefinition['info'] {
  return { title, description, version, contact: { name: contact.name, url: contact.url, email: contact.email } };
}

/** Writes the entries for the catalogue of connectors; certification requires exactly these three. */
export function createMetadata({
  website,
  privacyPolicy,
  categories,
}: Pick<
  ConnectorSettings,
  'website' | 'privacyPolicy' | 'categories'
>): ConnectorDefinition['x-ms-connector-metadata'] {
  return [
    { propertyName: 'Website', propertyValue: website },
    { propertyName: 'Privacy policy', propertyValue: privacyPolicy },
    { propertyName: 'Categories', propertyValue: categories.join(';') },
  ];
}
