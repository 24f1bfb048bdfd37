import { metadataRules } from './metadata.ts';
import { operationRules } from './operations.ts';
import { parameterRules } from './parameters.ts';
import { triggerRules } from './triggers.ts';

export type * from './document.ts';
export { operationsOf } from './document.ts';
export { checkIcon, checkText } from './metadata.ts';
export { triggersOf } from './triggers.ts';

/**
 * The rules that a program can check on the two files. Two more need other things: I07 an icon ({@link checkIcon}), O14
 * (nothing that flows have stored may change) the wire contract.
 */
export const rules = [...metadataRules, ...operationRules, ...parameterRules, ...triggerRules];
