import { awaitLanding } from '../deploy/landing.js';
import { Failure, NOT_UP } from '../failure.js';
import type { Report } from '../report.js';
import { speaksTls } from '../settings.js';
import type { Site } from '../site.js';
import { readCertificatePair } from '../tls/certificate.js';
import { step } from './step.js';

/** Has the front show the certificate that is in `TLS_DIR` now. Nothing changes when that is not good. @throws {Failure} */
export const reloadCerts = async (site: Site, report: Report): Promise<void> => {
  const { stack } = site.settings;
  if (!(await site.stack.isUp())) throw new Failure(NOT_UP);
  const color = await site.engine.active();
  if (color === undefined) throw new Failure(NOT_UP);
  if (!speaksTls(stack)) {
    throw new Failure('the stack speaks no TLS: "make dev-down", then "TLS_DIR=… make dev-up"', { exitCode: 2 });
  }
  const pair = readCertificatePair(stack.TLS_DIR, new Date());
  if (pair.kind === 'bad') throw new Failure(`${pair.why}\nnginx keeps the certificate that it has.`);
  await step(report, 'nginx reads it', () => site.engine.renewCertificate());
  await step(report, 'new connections see it', () => awaitLanding(site, color));
  report.say(`The certificate ends at ${pair.endsAt.toISOString()}.`);
};
