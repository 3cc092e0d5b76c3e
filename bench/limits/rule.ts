/** `limit` × `burst` at once, and then `limit` a window, evenly [limit-1] [limit-6]. */
export type Rule = Readonly<{ limit: number; windowSeconds: number; burst: number }>;

/** Of what never stops asking for so long, how much is taken. */
export const allowed = ({ limit, windowSeconds, burst }: Rule, seconds: number): number =>
  limit * burst + (limit * seconds) / windowSeconds;

/** What was asked for, and what became of it. */
export type Account = Readonly<{ sent: number; accepted: number; limited: number; seconds: number }>;

/** By how much more was taken than allowed; negative: less. */
export const excess = (rule: Rule, { accepted, seconds }: Account): number => accepted - allowed(rule, seconds);

/** Within one window's granularity. */
export const isExact = (rule: Rule, account: Account): boolean => Math.abs(excess(rule, account)) <= rule.limit;
