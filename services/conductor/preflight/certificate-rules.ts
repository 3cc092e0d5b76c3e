import type { Rule } from './facts.js';

const DAY_MS = 86_400_000;
/** From when on the alert CertificateEnds is critical (infra/prometheus/rules/parts.yml). */
const SOON_MS = 3 * DAY_MS;

/** nginx could not start with such a pair. A rollback goes on with the copy that nginx has. */
export const certificateIsGood: Rule = ({ certificate, isRollback }) => {
  if (certificate === undefined || certificate.kind === 'good') return undefined;
  if (isRollback) return { kind: 'warning', words: `${certificate.why}. nginx keeps the certificate that it has.` };
  return { kind: 'clash', words: certificate.why };
};

export const certificateLasts: Rule = ({ certificate }) => {
  if (certificate?.kind !== 'good' || certificate.endsAt.getTime() - Date.now() > SOON_MS) return undefined;
  return { kind: 'warning', words: `the certificate in TLS_DIR ends at ${certificate.endsAt.toISOString()}: renew it` };
};
