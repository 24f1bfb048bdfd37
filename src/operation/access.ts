/*
 * The caller, the customer and the service of a request. The kernel finds these three, in this order, before it reads
 * the body. The directory and the token check implement the port.
 */

/** The user or application behind a verified token or API key. */
export interface Caller {
  /**
   * The user's key in the directory: the user of the API key, or the token's `oid`, or its `sub` if it has no `oid`.
   */
  userId: string;
  /** The application that requested the token. */
  clientId?: string;
  scopes: readonly string[];
  /** The unit of throttling: the same for all calls of one user through one application, or with one API key. */
  connection: string;
}

/** A tenant; all data belongs to one. */
export interface Customer {
  id: string;
  name: string;
  /** The region whose rules apply to national phone numbers, as a two-letter code. */
  region: string;
  /** The zone of times that have no offset, as an IANA name. */
  timeZone: string;
  /** How many calls a connection to this customer may make in 60 seconds; default: the app's limit. */
  callsPerMinute?: number;
  /** The app setting that holds the secret for signing calls of a DlrUrl; if absent, these calls are not signed. */
  callbackSecretSetting?: string;
}

/** OneWay sends, TwoWay receives on an address, Group holds contacts. */
export const serviceTypes = ['OneWay', 'TwoWay', 'Group'] as const;
export type ServiceType = (typeof serviceTypes)[number];

/** A service of a customer. */
export interface Service {
  id: string;
  name: string;
  type: ServiceType;
  /** The senders that a OneWay service may use. */
  senders: readonly string[];
  allowsReplies: boolean;
}

/** The kind of service that an operation needs. */
export interface ServiceDemand {
  type: ServiceType;
  /** If set, the service must allow replies. */
  replies?: true;
}

/** An id from the request, and the parameter that held it, for the texts of errors. */
export interface Named {
  id: string;
  parameter: string;
}

/** The values of the headers Authorization and X-API-Key; null if the request has no such header. */
export interface Credentials {
  authorization: string | null;
  apiKey: string | null;
}

/** Finds out who calls and what they may use. Each method rejects with an ApiError if the caller is refused. */
export interface AccessPort {
  authenticate(credentials: Credentials): Promise<Caller>;
  /** Rejects with the same error for a customer that doesn't exist and for one that isn't the caller's. */
  customer(caller: Caller, named: Named): Promise<Customer>;
  /** Rejects with the same error for a service that doesn't exist and for one of another customer. */
  service(customer: Customer, named: Named, demand: ServiceDemand): Promise<Service>;
}
