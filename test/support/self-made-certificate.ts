import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const SEQUENCE = 0x30;
const SET = 0x31;

export interface SelfMade {
  /** A self-signed X.509 certificate, PEM. */
  readonly pem: string;
  readonly privateKey: KeyObject;
}

/** A certificate made of DER by hand, of version 3, or of version 1, which names no version. */
export function selfMadeCertificate(version: 1 | 3 = 3): SelfMade {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  // sha256WithRSAEncryption, 1.2.840.113549.1.1.11
  const algorithm = der(SEQUENCE, Buffer.from('06092a864886f70d01010b0500', 'hex'));
  // commonName, 2.5.4.3
  const name = (text: string) =>
    der(SEQUENCE, der(SET, der(SEQUENCE, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(text)))));
  const moment = (text: string) => der(0x17, Buffer.from(text));
  const signed = der(
    SEQUENCE,
    version === 3 ? der(0xa0, der(0x02, Buffer.from([2]))) : Buffer.alloc(0),
    der(0x02, Buffer.from([7])),
    algorithm,
    // Long enough for lengths of two bytes.
    name(`issuer ${'x'.repeat(300)}`),
    der(SEQUENCE, moment('260101000000Z'), moment('360101000000Z')),
    name('sns.example'),
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', signed, privateKey));
  const lines = der(SEQUENCE, signed, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return { pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, privateKey };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
