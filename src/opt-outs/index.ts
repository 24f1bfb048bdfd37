export { createOptOutList, type OptOutList } from './opt-out-list.ts';
export type { OptOutDeps } from './opt-out-parameters.ts';
export { optOutPrivacy } from './ports.ts';
export type * from './ports.ts';
export { whatsAppOptIn } from './whatsapp-opt-in.ts';
export { whatsAppOptOut } from './whatsapp-opt-out.ts';
