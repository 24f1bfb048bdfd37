import type { Api, ApiAnswer } from './api.ts';

/** Creates a client for the contacts of a group; default: `demo-group`. Paths hold numbers as given. */
export function createContactsApi(api: Api, group = 'demo/demo-group') {
  const path = `/groupcontact/${group}`;
  const send = (method: string, place: string, body: unknown): Promise<ApiAnswer> =>
    api.call(place, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  return {
    create: (body: unknown) => send('POST', path, body),
    get: (phone: string) => api.call(`${path}/${phone}`),
    update: (phone: string, body: unknown) => send('PUT', `${path}/${phone}`, body),
    delete: (phone: string) => api.call(`${path}/${phone}`, { method: 'DELETE' }),
    deleteAll: () => api.call(path, { method: 'DELETE' }),
  };
}

export type ContactsApi = ReturnType<typeof createContactsApi>;
