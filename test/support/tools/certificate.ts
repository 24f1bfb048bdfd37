import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';

/** A certificate with its private key, both as PEM. */
export interface Certificate {
  name: string;
  cert: string;
  key: string;
}

const der = (tag: number, ...contents: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...contents: readonly Uint8Array[]) => der(0x30, ...contents);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const integer = (value: number) => der(0x02, Buffer.from([value]));
const utcTime = (date: Date) => der(0x17, Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

const commonName = (name: string) => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
const extension = (id: string, value: Buffer) => sequence(oid(id), der(0x04, value));
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const authority = extension('551d13', sequence(der(0x01, Buffer.from([0xff]))));
const alternativeName = (name: string) => extension('551d11', sequence(der(0x82, Buffer.from(name))));

const dayMs = 86_400_000;

/** Makes a certificate (RFC 5280) for a host name, valid from yesterday to tomorrow; self-signed without an issuer. */
export function createCertificate(name: string, issuer?: Certificate): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const content = sequence(
    der(0xa0, integer(2)),
    integer(issuer === undefined ? 1 : 2),
    ecdsaWithSha256,
    commonName(issuer?.name ?? name),
    sequence(utcTime(new Date(Date.now() - dayMs)), utcTime(new Date(Date.now() + dayMs))),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...(issuer === undefined ? [authority] : []), alternativeName(name))),
  );
  const signature = sign('sha256', content, issuer === undefined ? privateKey : createPrivateKey(issuer.key));
  const whole = sequence(content, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  return {
    name,
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
