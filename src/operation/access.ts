/*
 * Who calls, for which customer, through which service. The kernel settles these three, in this order, before it reads
 * a body; the directory and the token check implement the port.
 */

/** The user or application behind a verified token or API key. */
export interface Caller {
  /** The directory's key for the user: whom the API key names, or the token's `oid`, or its `sub` where it has none. */
  userId: string;
  /** The application that asked for the token. */
  clientId?: string;
  scopes: readonly string[];
  /** Names what calls are counted by: the same for all that one user does through one application, or with one key. */
  connection: string;
}

/** A tenant; everything belongs to one. */
export interface Customer {
  id: string;
  name: string;
  /** Region in which national phone numbers are read, as a two-letter code. */
  region: string;
  /** IANA name of the zone in which times without an offset are read. */
  timeZone: string;
  /** How many calls a connection to this customer may make in 60 seconds; the app's own limit where absent. */
  callsPerMinute?: number;
  /** Name of the app setting with the secret that calls of delivery-report addresses are signed with; absent: unsigned. */
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
  /** Senders that a OneWay service may use. */
  senders: readonly string[];
  allowsReplies: boolean;
}

/** What an operation demands of the service that its caller names. */
export interface ServiceDemand {
  type: ServiceType;
  /** Where set, only a service that allows replies will do. */
  replies?: true;
}

/** An id as the caller gave it, and the parameter it stood in, which errors name. */
export interface Named {
  id: string;
  parameter: string;
}

/** What a caller shows of themselves: the values of the headers Authorization and X-API-Key, null where there is none. */
export interface Credentials {
  authorization: string | null;
  apiKey: string | null;
}

/** Settles who calls and what they may reach. Each method throws an ApiError where the answer is no. */
export interface AccessPort {
  authenticate(credentials: Credentials): Promise<Caller>;
  /** The same error for a customer that doesn't exist and one that isn't the caller's. */
  customer(caller: Caller, named: Named): Promise<Customer>;
  /** The same error for a service that doesn't exist and one of another customer. */
  service(customer: Customer, named: Named, demand: ServiceDemand): Promise<Service>;
}
