import type { ListedTemplate, ListOutcome } from '../../templates/index.ts';
import { whyNoAnswer } from '../call.ts';
import { askGraph, failureOfAnswer } from './call-graph.ts';
import type { Graph } from './call-graph.ts';
import { fieldsOf, objectsOf, textOf } from '../fields.ts';
import { readTemplate } from './read-template.ts';
import { findNumber } from './settings.ts';

const fields = 'name,language,category,status,components,rejected_reason';

/** Templates in a page, and pages: an account may have 6,000 templates. */
const pageSize = 100;
const pageLimit = 100;

/** Lists the templates of a number's account that can be sent from here. Never rejects. */
export async function listTemplates(graph: Graph, identity: string): Promise<ListOutcome> {
  const ours = findNumber(graph, identity);
  if (ours === undefined) return { outcome: 'unavailable', reason: `The number ${identity} is not in the settings.` };
  return findTemplates(graph, ours, {});
}

/**
 * Asks an account for its templates, page by page. The next page is asked for by its cursor and not at the address that
 * the answer has, since the token goes there.
 *
 * @param filter what Meta is to look for, such as a name
 */
export async function findTemplates(
  graph: Graph,
  { number, accountId }: { number: string; accountId: string },
  filter: Readonly<Record<string, string>>,
): Promise<ListOutcome> {
  const templates: ListedTemplate[] = [];
  let after: string | undefined;
  try {
    for (let page = 0; page < pageLimit; page += 1) {
      const query = { ...filter, fields, limit: String(pageSize), ...(after === undefined ? {} : { after }) };
      const answer = await askGraph(graph, `${accountId}/message_templates`, query);
      if (answer.status >= 300) return { outcome: 'unavailable', reason: failureOfAnswer(answer, graph.now).message };
      const { data, paging } = answer.fields;
      if (!Array.isArray(data)) return { outcome: 'unavailable', reason: 'WhatsApp answered without a list.' };
      templates.push(...objectsOf(data).flatMap((entry) => readTemplate(entry, number) ?? []));
      const { next, cursors } = fieldsOf(paging);
      after = textOf(next) === undefined ? undefined : textOf(fieldsOf(cursors)['after']);
      if (after === undefined) return { outcome: 'listed', templates };
    }
    return { outcome: 'unavailable', reason: 'The list of templates has no end.' };
  } catch (error) {
    return { outcome: 'unavailable', reason: whyNoAnswer(error).message };
  }
}
