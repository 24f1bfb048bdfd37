import type { Operation } from '../operation/define-operation.ts';
import { checkOperations } from './check-operations.ts';
import { createApiProperties } from './create/api-properties.ts';
import { createDefinition } from './create/document.ts';
import { createReference } from './create-docs/reference.ts';
import type { ConnectorSettings } from './settings.ts';

/**
 * Generates the connector's files, by their paths in its folder. The same operations and settings always make the same
 * text.
 *
 * @throws {GeneratorError} if a connector can't express something about the operations
 */
export function connectorFiles(
  operations: readonly Operation<never>[],
  settings: ConnectorSettings,
): ReadonlyMap<string, string> {
  checkOperations(operations);
  return new Map([
    ['apiDefinition.swagger.json', render(createDefinition(operations, settings))],
    ['apiProperties.json', render(createApiProperties(settings, 'create'))],
    ['apiProperties.update.json', render(createApiProperties(settings, 'update'))],
    ['docs/reference.md', createReference(operations)],
  ]);
}

/** Renders JSON with four blanks, as Microsoft's coding standards for connectors require. */
function render(document: object): string {
  return `${JSON.stringify(document, null, 4)}\n`;
}
