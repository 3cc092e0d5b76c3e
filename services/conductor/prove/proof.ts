import type { CrowdOptions, CrowdResult, KindResult } from '../../ledger/crowd/messages.js';
import { firstFaults } from '../../ledger/report.js';
import { msOf, numeral, tableLines } from '../../ledger/table.js';
import { boundFigures, boundsOf, unkeptTimes, type Bound } from './bounds.js';
import { paceOf, paceWords, type MovePace } from './moves.js';
import type { DeployResult } from '../verbs/promote.js';

/** What `prove` found out. `proven`: both deploys were done, and nothing that must be zero was not. */
export type Proof = Readonly<{
  proven: boolean;
  at: string;
  /** A time bound that was not kept is a shortcoming. */
  strict: boolean;
  crowd: CrowdOptions;
  promote: DeployResult;
  rollback: DeployResult | undefined;
  result: CrowdResult;
  bounds: readonly Bound[];
  /** Shown and not judged. */
  moves: readonly MovePace[];
}>;

export const proofOf = (found: Omit<Proof, 'proven' | 'bounds' | 'moves'>): Proof => {
  const { promote, rollback, result, crowd } = found;
  const moves = [...paceOf('promote', promote), ...(rollback === undefined ? [] : paceOf('rollback', rollback))];
  const judged = { ...found, bounds: boundsOf(result.windows, crowd), moves };
  return { proven: shortcomings(judged).length === 0, ...judged };
};

/** What is not as it must be, in words; empty when everything is. */
export const shortcomings = ({
  promote,
  rollback,
  result,
  strict,
  bounds,
}: Omit<Proof, 'proven'>): readonly string[] => {
  const { library, plain, publishers } = result;
  const kinds = [library, plain, publishers];
  const sum = (of: (kind: KindResult) => number): number => kinds.reduce((total, kind) => total + of(kind), 0);
  const counts: readonly (readonly [count: number, words: string])[] = [
    [sum(({ lost }) => lost), 'lost'],
    [sum(({ duplicated }) => duplicated), 'duplicated'],
    [sum(({ outOfOrder }) => outOfOrder), 'out of order'],
    [sum(({ refused }) => refused), 'refused'],
    [sum(({ told }) => told), 'told that the order broke'],
    [sum(({ neverJoined }) => neverJoined), 'clients that were never subscribed'],
    [sum(({ resumeFailures }) => resumeFailures), 'sessions not resumed'],
    [sum(({ unexpectedCloses }) => unexpectedCloses), 'connections closed without need'],
    [library.awayCount + publishers.awayCount, 'clients of the library away'],
    [result.unanswered, 'publishes never answered'],
  ];
  return [
    ...undone(promote, rollback),
    ...counts.filter(([count]) => count > 0).map(([count, words]) => `${numeral(count)} ${words}`),
    ...(result.acked === 0 ? ['nothing was acked'] : []),
    ...(strict ? unkeptTimes(bounds) : []),
  ];
};

/** After a promote that was not done there is nothing to roll back. */
const undone = (promoted: DeployResult, back: DeployResult | undefined): readonly string[] => {
  if (promoted.outcome !== 'done') return ['the promote was not done'];
  return back?.outcome === 'done' ? [] : ['the rollback was not done'];
};

/** For a terminal. */
export const proofLines = (proof: Proof): readonly string[] => {
  const { result, bounds, moves } = proof;
  const { library, plain, publishers, windows, load } = result;
  const examples = [...library.examples, ...plain.examples, ...result.troubles].slice(0, 10);
  return [
    ...tableLines(KIND_HEAD, [kindRow('library', library), kindRow('plain', plain), kindRow('publishers', publishers)]),
    '',
    ...tableLines(
      ['delivery', 'count', 'library p50', 'p99', 'max', 'plain p50', 'p99', 'max'],
      windows.map(({ phase, name, library: ofLibrary, plain: ofPlain }) => [
        phase === 'move' ? `  ${name}` : name,
        ofLibrary.count + ofPlain.count,
        ...timeCells(ofLibrary),
        ...timeCells(ofPlain),
      ]),
    ),
    '',
    ...(bounds.length === 0 ? [] : [...boundTable(bounds), '']),
    ...moves.map((pace) => paceWords(pace)),
    `${numeral(result.acked)} of ${numeral(result.published)} publications acked. The load process took`,
    `${Math.round(load.cpuShare * 100)} % of a core and was late by ${load.loopP99Ms} ms (p99), ${load.loopMaxMs} ms at most.`,
    ...examples.map(indented),
    ...firstFaults({ ...plain.first, ...library.first }),
    ...closing(proof),
  ];
};

/** What must be known last stands last: why it is no proof, or else which times were not kept. */
const closing = (proof: Proof): readonly string[] => {
  const { strict, bounds, result } = proof;
  const found = shortcomings(proof);
  const missed = strict ? [] : unkeptTimes(bounds);
  const times =
    missed.length === 0 ? [] : ['Time bounds that were not kept (STRICT=1 fails on them):', ...missed.map(indented)];
  if (found.length > 0) return [...times, `Not proven: ${found.join(', ')}.`];
  const clients = numeral(result.library.clients + result.plain.clients);
  return [
    'Proven: every acked publication arrived once and in order at every client of its',
    `channel (${clients} in all), none was refused, no client of the library was ever away.`,
    ...(times.length === 0 && bounds.length > 0 ? ['Every time bound was kept.'] : times),
  ];
};

const indented = (words: string): string => `  ${words}`;

const boundTable = (bounds: readonly Bound[]): readonly string[] =>
  tableLines(
    ['bound', 'measured', 'at most', ''],
    bounds.map((bound) => [`${bound.move}: ${bound.of}`, ...boundFigures(bound), bound.verdict]),
  );

const KIND_HEAD = ',clients,delivered,lost,duplicated,out of order,refused,told,late,away,away p50,p99,max'.split(',');

const kindRow = (name: string, kind: KindResult): readonly (string | number)[] => [
  name,
  kind.clients,
  kind.delivered,
  kind.lost,
  kind.duplicated,
  kind.outOfOrder,
  kind.refused,
  kind.told,
  kind.lateMoves,
  kind.awayCount,
  ...timeCells(kind.away),
];

const timeCells = ({ count, p50, p99, max }: KindResult['away']): readonly string[] =>
  count === 0 ? ['–', '–', '–'] : [msOf(p50), msOf(p99), msOf(max)];
