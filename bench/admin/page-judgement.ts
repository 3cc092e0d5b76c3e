const INTERACTION_MS = 100;
/** https://web.dev/articles/inp: of every fifty interactions the slowest is left out. */
const INP = 0.98;
/** So much may the heap grow from its first measurement to the last: what is collected is never exactly the same. */
const HEAP_SHARE = 1.1;
const HEAP_SPARE = 1024 * 1024;

export const print = (text: string): void => void process.stdout.write(`${text}\n`);
export const mb = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
const mark = (isWell: boolean): string => (isWell ? '✓' : '✗');

/** When it began, and how long it took, ms. */
export type Span = Readonly<{ startTime: number; duration: number }>;

/** One input. Of the duration `delay` went by before the page's scripts had it, and `work` in them, ms; the rest is layout and paint. */
export type Input = Span & Readonly<{ name: string; on: string; delay: number; work: number }>;

/** What was seen in the time. `heaps`: bytes, each after a collection. `complaints`: errors of the page. `words`: what the verb said. */
export type Seen = Readonly<{
  inputs: readonly Input[];
  longTasks: readonly Span[];
  heaps: readonly number[];
  complaints: readonly string[];
  /** What the page said of the promote at last, and whether it showed the move while it went on. */
  outcome: string;
  wasSeen: boolean;
  promoted: boolean;
  words: string;
}>;

const isDuring = (input: Input, task: Span): boolean =>
  task.startTime < input.startTime + input.duration && input.startTime < task.startTime + task.duration;

/** Prints whether it is as promised, and why. */
export const judge = ({ inputs, longTasks, heaps, complaints, outcome, wasSeen, promoted, words }: Seen): boolean => {
  const durations = inputs.map(({ duration }) => duration).sort((a, b) => a - b);
  const at = (share: number): number => durations[Math.floor((durations.length - 1) * share)] ?? 0;
  const [first = 0] = heaps;
  const last = heaps.at(-1) ?? 0;
  // The 98th percentile is what the field calls a page's Interaction to Next Paint. What is slower than promised beyond it is the
  // page's fault where a task of the page was in its way, and else that of a machine which serves the crowd on the same cores.
  const slow = inputs.filter(({ duration }) => duration >= INTERACTION_MS);
  const held = slow.filter((input) => longTasks.some((task) => isDuring(input, task)));
  const isQuick = at(INP) < INTERACTION_MS && held.length === 0;
  const isFlat = last <= first * HEAP_SHARE + HEAP_SPARE;
  const isWell = complaints.length === 0 && promoted && wasSeen;
  print(
    `${mark(isQuick)} input to next paint, of ${durations.length} that took 16 ms or more: p50 ${at(0.5)} ms, p98 ${at(INP)} ms (promised: below ${INTERACTION_MS}); ${slow.length} took longer, ${held.length} of them with a task of the page in the way; at most ${at(1)} ms`,
  );
  print(
    `  tasks of the page of 50 ms or more: ${longTasks.map(({ duration }) => `${duration} ms`).join(', ') || 'none'}`,
  );
  print(`  the slowest: ${slowest(inputs)}`);
  print(`${mark(isFlat)} heap after a collection: ${heaps.map(mb).join(', ')}`);
  print(
    `${mark(isWell)} the page saw the promote${wasSeen ? ' as it moved connections' : ' only at its end'}: ${outcome}`,
  );
  for (const complaint of complaints) print(`  the page failed: ${complaint}`);
  if (!promoted) print(words);
  return isQuick && isFlat && isWell;
};

const slowest = (inputs: Seen['inputs']): string =>
  inputs
    .toSorted((a, b) => b.duration - a.duration)
    .slice(0, 8)
    .map(
      ({ name, on, duration, delay, work }) =>
        `${name} on ${on} ${duration} ms (${delay} of it before scripts, ${work} in them)`,
    )
    .join(', ');
