/** Where one of an account's services is, and what opens it. */
export interface ServiceAccess {
  /** Without a slash at its end. */
  url: string;
  /** The account's name and key, or a shared access signature as it stands in a query. */
  account: { name: string; key: string } | { signature: string };
}

/** The account of every Azurite; its key is public (Azurite documentation). */
const emulator = new Map([
  ['AccountName', 'devstoreaccount1'],
  ['AccountKey', 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='],
  ['TableEndpoint', 'http://127.0.0.1:10002/devstoreaccount1'],
  ['QueueEndpoint', 'http://127.0.0.1:10001/devstoreaccount1'],
]);

/**
 * Reads a connection string of a storage account (Azure documentation, "Configure Azure Storage connection strings").
 *
 * @throws where it leaves open where the service is or what opens it; the message holds nothing of it
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
