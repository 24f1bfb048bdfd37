import type { ListedTemplate, ListOutcome } from '../../templates/index.ts';
import { whyNoAnswer } from '../call.ts';
import { askGraph, failureOfAnswer } from './call-graph.ts';
import type { Graph } from './call-graph.ts';
import { fieldsOf, objectsOf, textOf } from '../fields.ts';
import { readTemplate } from './read-template.ts';
import { findNumber } from './settings.ts';

const fields = 'name,language,category,status,components,rejected_reason';

/** Templates per page, and the maximum number of pages. An account may have 6,000 templates. */
const pageSize = 100;
const pageLimit = 100;

/** Lists the templates of a number's account that the app can send. Never rejects. */
export async function listTemplates(graph: Graph, identity: string): Promise<ListOutcome> {
  const ours = findNumber(graph, identity);
  if (ours === undefined) return { outcome: 'unavailable', reason: `The number ${identity} is not in the settings.` };
  return findTemplates(graph, ours, {});
}

/**
 * Lists the templates of an account that the app can send, page by page. It asks for the next page by its cursor and
 * not by the address in the answer, since the call carries the token. Never rejects.
 *
 * @param filter query parameters by which Meta filters, such as a name
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
    return { outcome: 'unavailable', reason: 'WhatsApp has more pages of templates than the app reads.' };
  } catch (error) {
    return { outcome: 'unavailable', reason: whyNoAnswer(error).message };
  }
}
