export { deliverDeliveryCallbacks, giveUpDeliveryCallbacks } from './callback-workers.ts';
export type { CallbackWorld } from './callback-world.ts';
export type * from './callbacks.ts';
export { createSettlementRecorder } from './create-settlement-recorder.ts';
export type * from './ports.ts';
export { replayCallbacks } from './replay-callbacks.ts';
export { callbackLooks } from './looks.ts';
export type { CallbackLooksWorld } from './looks.ts';
