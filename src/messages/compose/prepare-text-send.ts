import type { Preparation } from '../../operation/define-operation.ts';
import { isObject } from '../../core/json.ts';
import { marketingOptOuts } from './marketing-opt-outs.ts';
import { checkDlrUrl } from './prepare-fields.ts';
import { prepareSend } from './prepare-send.ts';
import type { PreparedSend, SendDraft } from './prepare-send.ts';
import type { DlrUrlDeps, MarketingOptOutsDeps } from '../deps.ts';

/** Prepares a text as {@link prepareSend} does. Numbers that opted out do not get an advertisement. */
export async function prepareTextSend(
  draft: SendDraft,
  deps: MarketingOptOutsDeps & DlrUrlDeps,
): Promise<Preparation<PreparedSend>> {
  const { problems, prepared } = prepareSend(draft);
  const fields = isObject(draft.body) ? draft.body : {};
  const more = [...problems];
  checkDlrUrl(fields['DlrUrl'], deps, more);
  const optedOut = fields['AdMessage'] === true ? await marketingOptOuts(draft.customer, deps) : prepared.optedOut;
  return { problems: more, prepared: { ...prepared, optedOut } };
}
