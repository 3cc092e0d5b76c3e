export type ReadHeader = (name: string) => string;

/** Every page. */
const ANY = '*';
/** Pages of the address that is asked. */
const SELF = 'self';

const FORM = /^https?:\/\/(?:\*\.)?(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::\d+)?$/i;

/** `*`, `self`, an origin such as `https://app.example.com`, or all below a name: `https://*.example.com`. */
export const isOriginRule = (text: string): boolean => text === ANY || text === SELF || FORM.test(text);

/** Whether it came to nginx through TLS. */
export const isSecure = (header: ReadHeader): boolean => header('x-forwarded-proto') === 'https';

/**
 * Whether a page of this very address asks: browsers send `Origin`, and no page can forge it. What came through TLS is asked
 * by a page of TLS: any other may be from whoever is on the way. What came plain may have come through TLS to a proxy in
 * front, so that a page of either will do.
 */
export const isSameOrigin = (header: ReadHeader): boolean => {
  const origin = header('origin');
  if (!URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  return host === header('host').toLowerCase() && (protocol === 'https:' || !isSecure(header));
};

/**
 * Whether a handshake may come from the page that it comes from [origin-1]: browsers tell, and ask nobody else before they
 * send a user's cookies along. Who sends no `Origin` is no browser.
 * @param rules of the form that `isOriginRule` knows
 */
export const originCheck = (rules: readonly string[]): ((header: ReadHeader) => boolean) => {
  const exact = new Set(rules.filter((rule) => rule.includes('://') && !rule.includes('*')).map(originOf));
  const below = rules.filter((rule) => rule.includes('://*.')).map(belowOf);
  const isAny = rules.includes(ANY);
  const isSelf = rules.includes(SELF);
  return (header) => {
    const origin = header('origin');
    if (origin === '' || isAny || (isSelf && isSameOrigin(header))) return true;
    if (!URL.canParse(origin)) return false;
    const { protocol, hostname, port, origin: asked } = new URL(origin);
    return (
      exact.has(asked) ||
      below.some((rule) => rule.protocol === protocol && rule.port === port && hostname.endsWith(rule.suffix))
    );
  };
};

const originOf = (rule: string): string => new URL(rule).origin;

const belowOf = (rule: string): Readonly<{ protocol: string; port: string; suffix: string }> => {
  const { protocol, hostname, port } = new URL(rule.replace('*.', ''));
  return { protocol, port, suffix: `.${hostname}` };
};
