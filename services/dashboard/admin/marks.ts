import type { Notice } from './frames.js';

/** A step of a deploy, on the time axis. */
export type Mark = Readonly<{ seconds: number; label: string }>;

/** Some deploys of fourteen steps each. */
const MAX_MARKS = 150;
/** With it a deploy begins. */
const FIRST_STEP = 'preflight';
const ENDS: ReadonlySet<string> = new Set(['done', 'rolled back', 'failed']);

/** Marks in the order of time, with this one: of each deploy each step once, where it began. */
export const marksWith = (known: readonly Mark[], { step, state, atMs }: Notice): readonly Mark[] => {
  const told = { seconds: atMs / 1000, label: state === 'running' ? step : state.replace('_', ' ') };
  if (known.some((mark) => mark.seconds === told.seconds && mark.label === told.label)) return known;
  const kept: Mark[] = [];
  /** Of the deploy that is looked at. */
  const seen = new Set<string>();
  for (const mark of [...known, told].toSorted((a, b) => a.seconds - b.seconds)) {
    if (mark.label === FIRST_STEP || ENDS.has(kept.at(-1)?.label ?? '')) seen.clear();
    if (seen.has(mark.label)) continue;
    seen.add(mark.label);
    kept.push(mark);
  }
  return kept.slice(-MAX_MARKS);
};
