/**
 * How names of ours begin, and hardly those of others: what begins so and is no setting was mistyped. Not `REDIS_`, `HTTP_`,
 * `NGINX_`, `SESSION_` and the like, which images, shells and clusters set.
 */
const PREFIXES = [
  'FP_WST_',
  'RATE_LIMIT_',
  'JWT_',
  'JWKS_',
  'DRAIN_',
  'DEDUPE_',
  'HISTORY_',
  'HEARTBEAT_',
  'IDLE_',
  'HANDLER_',
  'SLOW_CONSUMER_',
] as const;
/** From so many characters on, with a `_` among them, a name that is one slip away from one of ours is meant for it. */
const LEAST_TELLING = 8;

type Unknown = Readonly<{ name: string; nearest: string }>;

/**
 * Names of the environment that were meant for us and are no setting, each with the setting that is spelled most alike.
 * @param known every setting that may stand in this environment; not empty
 */
export const unknownSettings = (
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): readonly Unknown[] =>
  Object.keys(environment)
    .filter((name) => !known.includes(name))
    .toSorted()
    .flatMap((name) => {
      const ranked = known.map((setting) => ({ nearest: setting, slips: slipsBetween(name, setting) }));
      const { nearest, slips } = ranked.reduce((best, other) => (other.slips < best.slips ? other : best));
      const isMeant = PREFIXES.some((prefix) => name.startsWith(prefix)) || (isTelling(name) && slips <= 1);
      return isMeant ? [{ name, nearest }] : [];
    });

export const unknownWords = ({ name, nearest }: Unknown): string =>
  `${name} is no setting and is not used; the nearest one is ${nearest}.`;

const isTelling = (name: string): boolean => name.length >= LEAST_TELLING && name.includes('_');

/** Characters to add, leave out, replace, or exchange with their neighbour (optimal string alignment). */
const slipsBetween = (a: string, b: string): number => {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const at = (up: number, left: number): number => (up === 0 ? row : rows[i - up])?.[j - left] ?? Infinity;
      const isExchange = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(1, 0) + 1,
          at(0, 1) + 1,
          at(1, 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
          isExchange ? at(2, 2) + 1 : Infinity,
        ),
      );
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? Infinity;
};
