import type { CrowdOptions, WindowResult } from '../../ledger/crowd/messages.js';

/** What a move may add to the delivery p99 that the library's clients had in the steady phase before it. */
const DELIVERY_MORE_MS = 50;
/** Plain clients that reconnect at once: until they are subscribed again, p99. */
const PLAIN_AWAY_P99_MS = 500;

/**
 * What users were promised of a move (docs/LEDGER.md), beside what was measured. `not measured`: there were such
 * clients, and not one figure; that shows nothing, and a strict proof does not take it for kept.
 */
export type Bound = Readonly<{
  /** `promote` or `rollback`. */
  move: string;
  of: 'library clients away' | 'library delivery p99' | 'plain clients away p99';
  unit: 'clients' | 'ms';
  measured: number;
  atMost: number;
  verdict: 'kept' | 'missed' | 'not measured';
}>;

/** The bounds of each move, in the order of the moves. `windows` are in the order of the phases. */
export const boundsOf = (windows: readonly WindowResult[], crowd: CrowdOptions): readonly Bound[] => {
  let steady: WindowResult | undefined;
  let deploy: WindowResult | undefined;
  const bounds: Bound[] = [];
  for (const window of windows) {
    if (window.phase === 'steady') steady = window;
    else if (window.phase === 'deploy') deploy = window;
    else if (steady !== undefined && deploy !== undefined) bounds.push(...ofMove(steady, deploy, window, crowd));
  }
  return bounds;
};

/** In words; those of times only: that nobody is away is counted with the losses. */
export const unkeptTimes = (bounds: readonly Bound[]): readonly string[] =>
  bounds.filter(({ unit, verdict }) => unit === 'ms' && verdict !== 'kept').map((bound) => boundWords(bound));

/** `promote: library delivery p99 71 ms, at most 54 ms`. */
const boundWords = ({ move, of, ...bound }: Bound): string => {
  const [measured, atMost] = boundFigures(bound);
  return `${move}: ${of} ${measured}, at most ${atMost}`;
};

/** What was measured, and the bound, as they are shown. */
export const boundFigures = ({
  unit,
  measured,
  atMost,
  verdict,
}: Omit<Bound, 'move' | 'of'>): readonly [string, string] => {
  // To the tenth to which it is judged.
  const shown = (figure: number): string =>
    unit === 'ms' ? `${figure.toFixed(1)} ms` : figure.toLocaleString('en-US');
  return [verdict === 'not measured' ? 'not measured' : shown(measured), shown(atMost)];
};

/** Whoever is away in a deploy is away because of it: that counts over all of it, deliveries in the move itself. */
const ofMove = (
  steady: WindowResult,
  { name: move, away }: WindowResult,
  { library }: WindowResult,
  crowd: CrowdOptions,
): readonly Bound[] => {
  const gone = away.library.count + away.publishers.count;
  const bounds: Bound[] = [
    {
      move,
      of: 'library clients away',
      unit: 'clients',
      measured: gone,
      atMost: 0,
      verdict: gone === 0 ? 'kept' : 'missed',
    },
  ];
  if (crowd.library > 0) {
    const isMeasured = library.count > 0 && steady.library.count > 0;
    const atMost = Math.round((steady.library.p99 + DELIVERY_MORE_MS) * 10) / 10;
    bounds.push(msBound(move, 'library delivery p99', library.p99, atMost, isMeasured));
  }
  if (crowd.plain > 0) {
    bounds.push(msBound(move, 'plain clients away p99', away.plain.p99, PLAIN_AWAY_P99_MS, away.plain.count > 0));
  }
  return bounds;
};

const msBound = (move: string, of: Bound['of'], measured: number, atMost: number, isMeasured: boolean): Bound => ({
  move,
  of,
  unit: 'ms',
  measured,
  atMost,
  verdict: !isMeasured ? 'not measured' : measured <= atMost ? 'kept' : 'missed',
});
