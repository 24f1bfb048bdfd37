export { deleteTrigger } from './delete-trigger.ts';
export { newMessage } from './new-message.ts';
export { recordAnswer } from './record-answer.ts';
export type * from './ports.ts';
export { pipelineIdOf } from './subscription-ids.ts';
export { subscriptionPrivacy } from './subscription.ts';
export type * from './subscription.ts';
export { unsubscribeCallback } from './unsubscribe-callback.ts';
