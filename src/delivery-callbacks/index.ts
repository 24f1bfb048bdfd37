export { encodeCallbackJob } from './callback-job.ts';
export { deliverDeliveryCallbacks, giveUpDeliveryCallbacks } from './callback-workers.ts';
export type { CallbackDeps } from './deps.ts';
export { chunkCallbacksPrivacy } from './callbacks.ts';
export type * from './callbacks.ts';
export { createFinalStatusRecorder } from './create-final-status-recorder.ts';
export type * from './ports.ts';
export { replayCallbacks } from './replay-callbacks.ts';
