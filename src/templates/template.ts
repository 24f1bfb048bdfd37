import type { PrivacyOf } from '../core/privacy.ts';
import type { TemplateCategory } from './categories.ts';

/** What a button does when it is tapped. */
export const buttonTypes = ['Call', 'QuickReply', 'Url'] as const;
export type ButtonType = (typeof buttonTypes)[number];

/** A button of a template; all buttons of a template have the same type. */
export interface TemplateButton {
  type: ButtonType;
  /** What the phone shows. */
  label: string;
  /** A phone number (digits), an address that may end in `{{1}}`, or the text that a quick reply sends back. */
  data: string;
}

/** What the carrier's review has come to. */
export type TemplateStatus = 'pending' | 'approved' | 'rejected';

/** A template as somebody asks for it. */
export interface NewTemplate {
  customerId: string;
  /** The WhatsApp number that may send it, in the directory's form. */
  identity: string;
  /** Its id: unique within the customer. */
  name: string;
  displayName: string;
  /** ISO 639-1. */
  language: string;
  category: TemplateCategory;
  /** The body, with placeholders `{{1}}`, `{{2}}` and so on. */
  content: string;
  /** A header of text, with a placeholder at most. */
  headerText?: string;
  /** An example of the medium that the header carries; its file ending says which kind. */
  attachmentUrl?: string;
  /** What the header carries, where the address of the example doesn't say it. */
  attachmentKind?: MediaKind;
  buttons: readonly TemplateButton[];
}

/** A WhatsApp template. */
export interface Template extends NewTemplate {
  status: TemplateStatus;
  /** Why it was rejected. */
  reason?: string;
  /** The carrier's own id of it; absent until the carrier has confirmed that it has the template. */
  carrierReference?: string;
  createdAt: Date;
  /** When it was last handed to the carrier, or the carrier last spoke of it. */
  updatedAt: Date;
}

export const templatePrivacy = {
  customerId: 'customer',
  identity: 'customer',
  name: 'customer',
  displayName: 'customer',
  language: 'customer',
  category: 'customer',
  content: 'customer',
  headerText: 'customer',
  attachmentUrl: 'customer',
  attachmentKind: 'customer',
  buttons: [{ type: 'customer', label: 'customer', data: 'customer' }],
  status: 'technical',
  reason: 'customer',
  carrierReference: 'technical',
} as const satisfies PrivacyOf<Template>;

/** Media that a header may carry, by the endings of their files (WhatsApp's supported media types). */
const mediaEndings = {
  image: ['jpg', 'jpeg', 'png'],
  video: ['mp4', '3gp'],
  document: ['pdf', 'doc', 'docx', 'ppt', 'pptx', 'xls', 'xlsx', 'txt'],
} as const;

/** Which medium a header carries. */
export type MediaKind = keyof typeof mediaEndings;

/** Which medium an address leads to, by the ending of its path; undefined for any other ending. */
export function mediaKindOf(url: string): MediaKind | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(URL.parse(url)?.pathname ?? '')?.[1]?.toLowerCase();
  const kinds = Object.keys(mediaEndings) as MediaKind[];
  return kinds.find((kind) => mediaEndings[kind].some((known) => known === ending));
}

/** What stands above the body. */
export function headerKindOf({
  headerText,
  attachmentUrl,
  attachmentKind,
}: Pick<Template, 'headerText' | 'attachmentUrl' | 'attachmentKind'>): 'none' | 'text' | MediaKind {
  if (headerText !== undefined) return 'text';
  if (attachmentKind !== undefined) return attachmentKind;
  return attachmentUrl === undefined ? 'none' : (mediaKindOf(attachmentUrl) ?? 'document');
}

/** Whether the carrier has the template: it said so, or has spoken of it. */
export function isSubmitted({ carrierReference, status }: Template): boolean {
  return carrierReference !== undefined || status !== 'pending';
}

/** Characters of a reason that are kept. */
const reasonLimit = 1_000;

/** A carrier's reason as far as it is kept; an empty one is none. */
export function keptReason(reason: string | undefined): string | undefined {
  return reason?.slice(0, reasonLimit).toWellFormed() || undefined;
}

/** Whether an address of a button ends in a part that each send fills. */
export function hasVariablePart({ type, data }: TemplateButton): boolean {
  return type === 'Url' && data.endsWith('{{1}}');
}
