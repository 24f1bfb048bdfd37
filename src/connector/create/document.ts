import type { Operation } from '../../operation/define-operation.ts';
import type { ConnectorSettings } from '../settings.ts';
import { createInfo, createMetadata } from './info.ts';
import { createPaths } from './paths.ts';
import { createSecurity, createSecurityDefinitions } from './security.ts';
import type { ConnectorDefinition } from './types.ts';

/** The beginning of every operation's path, equal to the host's route prefix. Stored workflows hold it. */
export const basePath = '/api-integrations/v1';

const mediaTypes = ['application/json'];

/**
 * Writes the connector's definition, with its keys in the order of Microsoft's coding standards for connectors. The
 * operations must have passed `checkOperations`.
 */
export function createDefinition(
  operations: readonly Operation<never>[],
  settings: ConnectorSettings,
): ConnectorDefinition {
  return {
    swagger: '2.0',
    info: createInfo(settings),
    host: settings.host,
    basePath,
    schemes: ['https'],
    consumes: mediaTypes,
    produces: mediaTypes,
    paths: createPaths(operations, settings),
    securityDefinitions: createSecurityDefinitions(settings),
    security: createSecurity(settings),
    'x-ms-connector-metadata': createMetadata(settings),
  };
}
