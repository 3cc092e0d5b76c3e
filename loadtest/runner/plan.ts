/** Each a scenario of k6, with members of its own. */
export const SCENARIOS = ['storm', 'chat', 'fan_out', 'resume'] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** How many of ten members take part in each. */
const WEIGHTS: Readonly<Record<Scenario, number>> = { storm: 1, chat: 4, fan_out: 4, resume: 1 };

/** What k6 is told to do. */
export type Plan = Readonly<{
  /** `ws://127.0.0.1:80` */
  host: string;
  /** Publishes a second of all chat members together. */
  rate: number;
  /** Of load, from the first handshake. */
  seconds: number;
  /** What the p95 of acks and of deliveries may be. */
  p95Ms: number;
  members: Readonly<Partial<Record<Scenario, number>>>;
  /** Begins the name of each channel of this run. */
  run: string;
  /** The file for k6's own summary. */
  summary: string;
  /** The server numbers what is said in a channel. One that does not can't be held to that it loses nothing. */
  hasLog: boolean;
}>;

/** Every scenario gets a member at least, and none is left over. */
export const membersOf = (sockets: number, scenarios: readonly Scenario[]): Plan['members'] => {
  const whole = scenarios.reduce((sum, name) => sum + WEIGHTS[name], 0);
  const shares = scenarios.map((name) => Math.max(1, Math.floor((sockets * WEIGHTS[name]) / whole)));
  const rest = sockets - shares.reduce((sum, share) => sum + share, 0);
  const largest = shares.indexOf(Math.max(...shares));
  return Object.fromEntries(
    scenarios.map((name, index) => [name, (shares[index] ?? 0) + (index === largest ? rest : 0)]),
  );
};
