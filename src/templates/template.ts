import type { PrivacyOf } from '../core/privacy.ts';
import type { TemplateCategory } from './categories.ts';

/** The types of buttons: what a button does when it is tapped. */
export const buttonTypes = ['Call', 'QuickReply', 'Url'] as const;
export type ButtonType = (typeof buttonTypes)[number];

/** A button of a template; all buttons of a template have the same type. */
export interface TemplateButton {
  type: ButtonType;
  /** The text that the phone shows. */
  label: string;
  /** A phone number (digits), an address that may end in `{{1}}`, or the text that a quick reply sends back. */
  data: string;
}

/** The status of WhatsApp's review. */
export type TemplateStatus = 'pending' | 'approved' | 'rejected';

/** A template as it is requested. */
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
  /** A text header, with at most one placeholder. */
  headerText?: string;
  /** The address of an example of the header's medium; its file extension says which kind it is. */
  attachmentUrl?: string;
  /** The kind of the header's medium, if the example's address doesn't say it. */
  attachmentKind?: MediaKind;
  buttons: readonly TemplateButton[];
}

/** A WhatsApp template. */
export interface Template extends NewTemplate {
  status: TemplateStatus;
  /** Why it was rejected. */
  reason?: string;
  /** The carrier's id for it; absent until the carrier has confirmed that it has the template. */
  carrierReference?: string;
  createdAt: Date;
  /** When it was last submitted to the carrier, or its status last changed. */
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

/** File extensions of the media that a header may have (WhatsApp's supported media types). */
const mediaEndings = {
  image: ['jpg', 'jpeg', 'png'],
  video: ['mp4', '3gp'],
  document: ['pdf', 'doc', 'docx', 'ppt', 'pptx', 'xls', 'xlsx', 'txt'],
} as const;

/** The kind of a header's medium. */
export type MediaKind = keyof typeof mediaEndings;

/** Returns the kind of medium at an address, by the file extension of its path; undefined for any other extension. */
export function mediaKindOf(url: string): MediaKind | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(URL.parse(url)?.pathname ?? '')?.[1]?.toLowerCase();
  const kinds = Object.keys(mediaEndings) as MediaKind[];
  return kinds.find((kind) => mediaEndings[kind].some((known) => known === ending));
}

/** Returns the kind of a template's header. A medium of unknown kind counts as a document. */
export function headerKindOf({
  headerText,
  attachmentUrl,
  attachmentKind,
}: Pick<Template, 'headerText' | 'attachmentUrl' | 'attachmentKind'>): 'none' | 'text' | MediaKind {
  if (headerText !== undefined) return 'text';
  if (attachmentKind !== undefined) return attachmentKind;
  return attachmentUrl === undefined ? 'none' : (mediaKindOf(attachmentUrl) ?? 'document');
}

/** Tells whether the carrier has the template: it confirmed the submission, or sent a status. */
export function isSubmitted({ carrierReference, status }: Template): boolean {
  return carrierReference !== undefined || status !== 'pending';
}

/** Max characters stored of a reason. */
const reasonLimit = 1_000;

/** Shortens a carrier's reason to what is stored; undefined if it is empty. */
export function keptReason(reason: string | undefined): string | undefined {
  return reason?.slice(0, reasonLimit).toWellFormed() || undefined;
}

/** Tells whether a button's address ends in a placeholder, which each send fills. */
export function hasVariablePart({ type, data }: TemplateButton): boolean {
  return type === 'Url' && data.endsWith('{{1}}');
}
