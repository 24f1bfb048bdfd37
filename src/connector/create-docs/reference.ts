import { isRequired } from '../../operation/define-operation.ts';
import type { Operation } from '../../operation/define-operation.ts';
import { errorCatalogue } from '../../operation/errors.ts';
import { possibleErrors } from '../../operation/possible-errors.ts';
import { asJsonSchema } from '../../operation/schema.ts';
import type { JsonSchema } from '../../operation/schema.ts';
import { basePath } from '../create/document.ts';
import { describeType } from './describe-type.ts';
import type { NameOperation } from './describe-type.ts';
import { listFields } from './list-fields.ts';
import { anchor, cell, code, paragraph, table } from './markdown.ts';

type OperationRecord = Operation<never>;

const notice =
  '<!-- Generated from the operations by `npm run connector`. Change the operations in src, not this document. -->';

const introduction = paragraph(
  'Every operation of the connector: what it takes, what it answers, and the [errors](errors.md) that it can answer with. ' +
    `Addresses begin with \`${basePath}\`. A caller needs one of the scopes that an operation names. A field that is not ` +
    'required may be left out; `null` and empty text count as left out. `Recipients[].Address` is the field `Address` of ' +
    'each entry in the list `Recipients`.',
);

/** Writes the reference of all operations as a document, in the order of the list. */
export function createReference(operations: readonly OperationRecord[]): string {
  const nameOperation: NameOperation = (id) => {
    const found = operations.find(({ operationId }) => operationId === id);
    return found === undefined ? id : link(found);
  };
  const overview = table(
    ['operation', 'operation id', 'address', 'scope'],
    operations.map((operation) => [
      link(operation),
      code(operation.operationId),
      addressOf(operation),
      scopesOf(operation),
    ]),
  );
  const chapters = operations.map((operation) => createChapter(operation, nameOperation));
  return `${['# Reference', notice, introduction, overview, ...chapters].join('\n\n')}\n`;
}

function createChapter(operation: OperationRecord, nameOperation: NameOperation): string {
  const { summary, description, parameters, body, answer, trigger } = operation;
  const { status, description: answered, schema } = answer;
  return [
    `## ${summary}`,
    paragraph(cell(description)),
    ...notesOf(operation),
    factsOf(operation),
    ...(Object.keys(parameters).length === 0 ? [] : ['**Parameters**', parameterTable(parameters, nameOperation)]),
    ...(body === undefined
      ? []
      : [`**Body**: ${cell(body.description)}`, fieldTable(asJsonSchema(body.schema), nameOperation, true)]),
    `**Answer ${status}**: ${cell(answered)}`,
    ...(schema === undefined ? [] : [fieldTable(asJsonSchema(schema), nameOperation, false)]),
    ...(trigger === undefined
      ? []
      : [
          `**Notification**: ${cell(trigger.notification.description)}`,
          fieldTable(asJsonSchema(trigger.notification.schema), nameOperation, false),
        ]),
    '**Errors**',
    errorsOf(operation),
  ].join('\n\n');
}

/** Writes the notes that a maker must know before using an operation. */
function notesOf({ visibility, deprecated, trigger, anonymous }: OperationRecord): string[] {
  return [
    ...(deprecated === true ? ['Deprecated: it still works, but do not build new flows on it.'] : []),
    ...(visibility === 'internal' ? ['Internal: designers do not show it, but call it themselves.'] : []),
    ...(trigger === undefined ? [] : [paragraph(`A trigger. ${cell(trigger.hint)}`)]),
    ...(anonymous === true ? ['It also works without signing in, for whoever knows the ids.'] : []),
  ];
}

function factsOf(operation: OperationRecord): string {
  return [
    `- Operation id: ${code(operation.operationId)}`,
    `- Address: ${addressOf(operation)}`,
    `- Scope: ${scopesOf(operation)}`,
  ].join('\n');
}

function parameterTable(parameters: OperationRecord['parameters'], nameOperation: NameOperation): string {
  const rows = Object.entries(parameters).map(([name, parameter]) => {
    const schema = asJsonSchema(parameter.schema);
    const place = `${code(name)} (${parameter.in})`;
    return [place, labelOf(schema), describeType(schema, nameOperation), yes(isRequired(parameter)), saysOf(schema)];
  });
  return table(['parameter', 'label', 'type', 'required', 'description'], rows);
}

function fieldTable(schema: JsonSchema, nameOperation: NameOperation, isBody: boolean): string {
  const rows = listFields(schema).map(({ path, schema: field, required }) => [
    path === '' ? 'the whole body' : code(path),
    labelOf(field),
    describeType(field, nameOperation),
    ...(isBody ? [yes(required)] : []),
    saysOf(field),
  ]);
  return table(['field', 'label', 'type', ...(isBody ? ['required'] : []), 'description'], rows);
}

function errorsOf(operation: OperationRecord): string {
  const codes = possibleErrors(operation);
  const byStatus = Map.groupBy(codes, (each) => errorCatalogue[each].status);
  return table(
    ['status', 'codes'],
    [...byStatus]
      .sort(([left], [right]) => left - right)
      .map(([status, list]) => [String(status), list.map(code).join(', ')]),
  );
}

function link({ summary }: OperationRecord): string {
  return `[${cell(summary)}](#${anchor(summary)})`;
}

function addressOf({ method, path }: OperationRecord): string {
  return code(`${method} ${path}`);
}

function scopesOf({ scopes }: OperationRecord): string {
  return scopes.map(code).join(' or ');
}

function labelOf({ title }: JsonSchema): string {
  return typeof title === 'string' ? cell(title) : '';
}

function saysOf({ description }: JsonSchema): string {
  return typeof description === 'string' ? cell(description) : '';
}

function yes(holds: boolean): string {
  return holds ? 'yes' : 'no';
}
