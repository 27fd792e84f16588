import { expect, test } from 'vitest';
import { createHttpNotificationSource } from '../../shared/adapters/web/http-notification-source.ts';

/** Made once by test/support/self-made-certificate.ts in Node; its key was thrown away. */
const PEM = `-----BEGIN CERTIFICATE-----
MIID1TCCAr2gAwIBAgIBBzANBgkqhkiG9w0BAQsFADCCAUQxggFAMIIBPAYDVQQD
DIIBM2lzc3VlciB4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHgwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAx
MDAwMDAwWjAWMRQwEgYDVQQDDAtzbnMuZXhhbXBsZTCCASIwDQYJKoZIhvcNAQEB
BQADggEPADCCAQoCggEBALYryBwYxzHKd+6fPNgkJPwCbrxbzMb35+EAABPoDs4H
/17jAsDdhmjEQl/b0WI/uRESnDuI/t+ulev3kvFiSzI0P6H78UkZDMt+23IR+Eis
Ad5BHafJiBgtcsI1qo8LGLfbYhyrW9Mev9Ek5GheSBcGHSN7hZ/dpnchNKDO/uoT
w+03Ee5hKh7AqZvBfrN7bL8S9vkw1GKQ05MOLPrT1zfDThpU7N2T2+ncYaBmS7D7
sER2QSWD1ttZVi96ZIRRKddLUGej/ATw0shpDMaMEkZhV1TmOrTiMuxOsg5wisIp
zxLlapGrpivx80ihq4RahzleF2NnGf+8r22C2N9+pYMCAwEAATANBgkqhkiG9w0B
AQsFAAOCAQEAfT2qe+aQvExetY8iE87WAPfaLDmU/3dV9ZwycVDaoZeQafCl8lCE
wttJH1TY+tmlc/hWGFamEOAmcR/ZslLmny11qWx1LBH7lOGHtmrAfqRDEMU0ZY15
5i9gmsBgV9Y5cYZbt+raLKrtaJNLk131D77rs3ARoBnXrB0opRBMAY4Dl4SaqfFa
N6hogFX/++ZKewrYvlu5YMwIXGVGD5cLrzlAD/OewlZzy8MnlA62U0Kt/e3Tv1rn
ypGczjhTc21JYbexHmVVDR+Z4WvALmkKwRt8XUqaIggkGWw0Eh5JuxZOr3A2eTRu
16tEWlAlMCiv9GnRqmv7uih30rrWj5zm0w==
-----END CERTIFICATE-----
`;
const SIGNATURES = {
  'SHA-1':
    'W4NkJ7OWui2fh3l9sZ6bcEtZpTouIC7XlWafoa6zZ8GSVolc61GTfP7a55MObPCSCSD435xHqNFschddG6BH9blL89vYtaNXabrcoLgF9cuCAjLwhTOf4MWjI4HEfamazagcRpotsYnEKoRXfQYOi6oIudCizi4PyQ8uQreqXq2ll0gt8QPOndCFHkpZRy5vwhVixh2dX+pa00Z8gMp9mfj3Eg1PiEQ2Qh+9ybu6Nx+8D96nplrFm+MmoNs6LrnFo0Ardc5Sxwuyggl1RxWPZ4KKtHWKZcsrMdPYMhKkLCiw4epVgiaWN75HbVgxkA+SqUk9ts+ApQEvKdR2hT14zQ==',
  'SHA-256':
    'eTFnFByfF+3UhJUujwUTyGhEXbxF90JQd/C9Ps5kk6A83JRabsB1ymHGGevxapSILa+jTYf5FqksZyuGo4SzH91NIfFs4sIQJncLoJ8Kf+anQElXN5aevhx4O2PokP+2cClOuyJFVPDtlTfle6kOJsTmEBoEoQSK7wPR3n2umwrB43sSN+7EsccLHdNfUP1P+fNl7XZ45VkZ9A/coZpyCwpv0ksNFHVWdQRgESS2u+JOz0QewmvIXql0SzTfjK+8cT7wDybdppsFG2nSWrx6ArTdQJWc2HXJ7m7KhGAkFNeQTZ65BvKJZiVfkZGurjwZIkcxUIJXXUbXlpiU2cbCKw==',
} as const;

test.each(['SHA-1', 'SHA-256'] as const)('a signature with %s is checked in a Worker', async (hash) => {
  const source = createHttpNotificationSource(async () => new Response(PEM));
  const signed = {
    certificateAddress: 'https://sns.eu-west-1.amazonaws.com/key.pem',
    signature: SIGNATURES[hash],
    hash,
  };
  expect(await source.isSigned({ ...signed, text: 'signed elsewhere' })).toBe(true);
  expect(await source.isSigned({ ...signed, text: 'signed elsewhere!' })).toBe(false);
});
