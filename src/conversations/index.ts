export * from './inbound-message.ts';
export type * from './ports.ts';
