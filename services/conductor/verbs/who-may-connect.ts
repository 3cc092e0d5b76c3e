type WorkerSettings = Readonly<Record<string, string>>;

const isProduction = ({ MODE }: WorkerSettings): boolean => MODE === 'production';
const needsToken = (given: WorkerSettings): boolean =>
  given['ALLOW_ANONYMOUS'] === undefined ? isProduction(given) : !/^(?:true|yes|1)$/i.test(given['ALLOW_ANONYMOUS']);

/** Who may connect to workers with these settings. */
export const whoMayConnect = (given: WorkerSettings): string => {
  const clients = needsToken(given) ? 'clients with a token' : 'anonymous clients';
  const pages = given['ALLOWED_ORIGINS'] ?? (isProduction(given) ? 'this address' : 'any origin');
  const mode = isProduction(given) ? 'production' : 'development (MODE=production closes it)';
  return `${mode}: ${clients}, pages of ${pages}`;
};

/** Why nobody may, as a worker would say at its start; undefined: somebody may. */
export const whyNobodyMay = (given: WorkerSettings): string | undefined =>
  needsToken(given) && !['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWKS_URL'].some((name) => given[name] !== undefined)
    ? 'clients need a token, and none can be checked: set JWT_SECRET, JWT_PUBLIC_KEY or JWKS_URL, or ALLOW_ANONYMOUS=true'
    : undefined;
