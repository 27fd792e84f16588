import type { PolicyResponse } from '../../../functions/collect/contract.ts';

const CONSENT = {
  refuse: 'events without consent are refused',
  anonymise: 'events without consent are kept without identity',
} as const;

export function policyLines({ requireConsent, redact, keyVersion, revision }: PolicyResponse): string[] {
  return [
    `consent   ${requireConsent === undefined ? 'not required' : `${requireConsent}: ${CONSENT[requireConsent]}`}`,
    `redact    ${redact ? 'yes: addresses and numbers are taken out of texts' : 'no'}`,
    ...(keyVersion === undefined ? [] : [`secret    version ${keyVersion} only`]),
    `revision  ${revision ?? 'none: these are the defaults'}`,
  ];
}
