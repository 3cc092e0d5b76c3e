import type { Remembered } from '../run-directory.js';
import { isProduction, type StackSettings } from '../settings.js';

/** Of a password in production, as workers want it. */
const LEAST_PASSWORD = 12;

/** The settings that open and close a stack. */
type Door = Readonly<{ stack: Pick<StackSettings, 'MODE'> }> & Pick<Remembered, 'worker_environment'>;

const needsToken = ({ stack, worker_environment: given }: Door): boolean =>
  given['ALLOW_ANONYMOUS'] === undefined ? isProduction(stack) : !/^(?:true|yes|1)$/i.test(given['ALLOW_ANONYMOUS']);

/** Who may connect to workers with these settings. */
export const whoMayConnect = (door: Door): string => {
  const { stack, worker_environment: given } = door;
  const clients = needsToken(door) ? 'clients with a token' : 'anonymous clients';
  const pages = given['ALLOWED_ORIGINS'] ?? (isProduction(stack) ? 'this address' : 'any origin');
  const mode = isProduction(stack) ? 'production' : 'development (MODE=production closes it)';
  return `${mode}: ${clients}, pages of ${pages}`;
};

/** Why nobody may, as a worker would say at its start; undefined: somebody may. */
export const whyNobodyMay = (door: Door): string | undefined =>
  needsToken(door) &&
  !['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWKS_URL'].some((name) => door.worker_environment[name] !== undefined)
    ? 'clients need a token, and none can be checked: set JWT_SECRET, JWT_PUBLIC_KEY or JWKS_URL, or ALLOW_ANONYMOUS=true'
    : undefined;

/** Why workers would refuse the password of the admin page; undefined: they take it, or there is none. */
export const whyPasswordIsRefused = ({
  stack,
  worker_environment: { ADMIN_PASSWORD: password },
}: Door): string | undefined =>
  isProduction(stack) && password !== undefined && password.length < LEAST_PASSWORD
    ? `ADMIN_PASSWORD: at least ${LEAST_PASSWORD} characters with MODE=production`
    : undefined;
