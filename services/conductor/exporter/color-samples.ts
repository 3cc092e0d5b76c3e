import { COLORS, type Color } from '../engines/engine.js';
import type { ProgramInfo } from '../engines/local/supervisor.js';
import type { Sample } from './metrics.js';

const STATES = ['running', 'starting', 'stopped', 'failed'] as const;
type State = (typeof STATES)[number];

/** What is known of colors without asking anybody. `wanted`: 0 for a color that was stopped. */
export type ColorFacts = Readonly<{
  active: Color | undefined;
  releases: Readonly<Partial<Record<Color, string>>>;
  workers: number;
}>;

export const colorSamples = ({ active, releases, workers }: ColorFacts): readonly Sample[] =>
  COLORS.flatMap((color): readonly Sample[] => {
    const release = releases[color];
    return [
      { name: 'active_color', labels: { color }, value: color === active ? 1 : 0 },
      { name: 'workers_wanted', labels: { color }, value: release === undefined ? 0 : workers },
      ...(release === undefined ? [] : [{ name: 'release_info' as const, labels: { color, release }, value: 1 }]),
    ];
  });

/** What supervisord says: of the workers how many are in which state, of every other part whether it runs. */
export const programSamples = (programs: readonly ProgramInfo[]): readonly Sample[] => {
  const isWorker = ({ group }: ProgramInfo): boolean => COLORS.some((color) => color === group);
  const inState = (color: Color, state: State): number =>
    programs.filter((program) => program.group === color && stateOf(program) === state).length;
  return [
    ...COLORS.flatMap((color) =>
      STATES.map((state): Sample => ({ name: 'workers', labels: { color, state }, value: inState(color, state) })),
    ),
    ...programs
      .filter((program) => !isWorker(program))
      .map((program): Sample => ({
        name: 'part_up',
        labels: { part: program.name },
        value: program.pid === 0 ? 0 : 1,
      })),
  ];
};

const stateOf = ({ statename }: ProgramInfo): State => {
  switch (statename) {
    case 'RUNNING':
      return 'running';
    case 'STARTING':
    case 'BACKOFF':
      return 'starting';
    case 'STOPPED':
    case 'STOPPING':
      return 'stopped';
    default:
      return 'failed';
  }
};
