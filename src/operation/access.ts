/*
 * Who calls, for which customer, through which service. The kernel settles these three, in this order, before it reads
 * a body; the directory and the token check implement the port.
 */

/** The user or application behind a verified token. */
export interface Caller {
  /** The directory's key for the user: the token's `oid` where it has one, else `sub`. */
  userId: string;
  /** The application that asked for the token. */
  clientId?: string;
  scopes: readonly string[];
}

/** A tenant; everything belongs to one. */
export interface Customer {
  id: string;
  name: string;
  /** Region in which national phone numbers are read, as a two-letter code. */
  region: string;
  /** IANA name of the zone in which times without an offset are read. */
  timeZone: string;
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

/** Settles who calls and what they may reach. Each method throws an ApiError where the answer is no. */
export interface AccessPort {
  /** `authorization` is the header's value, null where there is none. */
  authenticate(authorization: string | null): Promise<Caller>;
  /** The same error for a customer that doesn't exist and one that isn't the caller's. */
  customer(caller: Caller, named: Named): Promise<Customer>;
  /** The same error for a service that doesn't exist and one of another customer. */
  service(customer: Customer, named: Named, demand: ServiceDemand): Promise<Service>;
}
