/** The address of one of an account's services, and the credentials for it. */
export interface ServiceAccess {
  /** The address, without a slash at its end. */
  url: string;
  /** The account's name and key, or a shared access signature in the form of a query. */
  account: { name: string; key: string } | { signature: string };
}

/** The account that every Azurite has; its key is public (Azurite documentation). */
const emulator = new Map([
  ['AccountName', 'devstoreaccount1'],
  ['AccountKey', 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='],
  ['TableEndpoint', 'http://127.0.0.1:10002/devstoreaccount1'],
  ['QueueEndpoint', 'http://127.0.0.1:10001/devstoreaccount1'],
]);

/**
 * Reads a connection string of a storage account (Azure documentation, "Configure Azure Storage connection strings").
 *
 * @throws Error if it lacks the address or the credentials; the message contains nothing of the connection string
 */
export function parseConnectionString(text: string, kind: 'table' | 'queue'): ServiceAccess {
  const parts = new Map(
    text.split(';').map((part): [string, string] => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
  const isEmulator = parts.get('usedevelopmentstorage')?.toLowerCase() === 'true';
  const part = (name: string): string =>
    parts.get(name.toLowerCase()) ?? (isEmulator ? (emulator.get(name) ?? '') : '');
  const name = part('AccountName');
  const key = part('AccountKey');
  const signature = part('SharedAccessSignature').replace(/^\?/, '');
  const protocol = part('DefaultEndpointsProtocol') || 'https';
  const suffix = part('EndpointSuffix') || 'core.windows.net';
  const standard = name === '' ? '' : `${protocol}://${name}.${kind}.${suffix}`;
  const url = (part(kind === 'table' ? 'TableEndpoint' : 'QueueEndpoint') || standard).replace(/\/+$/, '');
  if (!URL.canParse(url)) throw new Error(`the connection string does not say where the ${kind} service is`);
  if (name !== '' && key !== '') return { url, account: { name, key } };
  if (signature === '') throw new Error('the connection string has neither a key nor a shared access signature');
  return { url, account: { signature } };
}
