import type { Preparation } from '../operation/define-operation.ts';
import { isObject } from '../operation/json.ts';
import { marketingOptOuts } from './marketing-opt-outs.ts';
import type { OptOutsWorld } from './marketing-opt-outs.ts';
import { prepareSend } from './prepare-send.ts';
import type { PreparedSend, SendDraft } from './prepare-send.ts';

/** As {@link prepareSend}, and leaves out of an advertisement those who want none. */
export async function prepareTextSend(draft: SendDraft, world: OptOutsWorld): Promise<Preparation<PreparedSend>> {
  const { problems, prepared } = prepareSend(draft);
  const isAd = isObject(draft.body) && draft.body['AdMessage'] === true;
  const optedOut = isAd ? await marketingOptOuts(draft.customer, world) : prepared.optedOut;
  return { problems, prepared: { ...prepared, optedOut } };
}
