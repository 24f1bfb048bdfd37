/** Returns an address without its query and fragment, which may hold a secret of the customer's. */
export const withoutQuery = (url: string): string => url.replace(/[?#].*/s, '');
