import type { ConnectorSettings, EntraSettings } from '../../../src/connector/settings.ts';

/** Settings of a connector that is nobody's. */
export const exampleSettings: ConnectorSettings & { oauth: EntraSettings } = {
  title: 'Notes',
  description: 'Notes keeps what you write down, and tells you when somebody adds to it.',
  version: '1.2.3',
  host: 'notes.example.com',
  contact: { name: 'Notes Support', url: 'https://notes.example.com/help', email: 'help@notes.example.com' },
  website: 'https://notes.example.com',
  privacyPolicy: 'https://notes.example.com/privacy',
  categories: ['Productivity', 'Data'],
  publisher: 'Notes Ltd',
  stackOwner: 'Notes Holding',
  iconBrandColor: '#123456',
  oauth: {
    loginUri: 'https://login.microsoftonline.com',
    tenantId: '11111111-1111-1111-1111-111111111111',
    clientId: '22222222-2222-2222-2222-222222222222',
    resourceUri: 'api://33333333-3333-3333-3333-333333333333',
    redirectMode: 'GlobalPerConnector',
  },
};
