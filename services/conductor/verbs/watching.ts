import type { OptionalPart } from '../engines/engine.js';

/** Names stand in rows of the smallest usual terminal, behind their word. */
const INDENT = 7;
const ROW = /.{1,73}(?= |$)/g;

/** What watches the cluster, for the end of `up`: where each is, or why it is not and what to do. */
export const watchingLines = (parts: readonly OptionalPart[], width: number): readonly string[] =>
  parts.flatMap((part) => {
    const line = `  ${part.title.padEnd(width)} ${stateWords(part)}`;
    // Without a page there is something to say only when it does not run.
    return part.hasPage || part.name === 'loki' || !isAlive(part) ? [line] : [];
  });

/** For `status`: what runs and what is only starting, by name. */
export const aliveLines = (parts: readonly OptionalPart[]): readonly string[] => [
  ...named('watch', parts, 'running'),
  ...named('starts', parts, 'starting'),
];

const named = (word: string, parts: readonly OptionalPart[], wanted: OptionalPart['state']): readonly string[] => {
  const names = parts.filter(({ state }) => state === wanted).map(({ name }) => name);
  const rows = names.join(' ').match(ROW) ?? [];
  return rows.map((row, index) => `${(index === 0 ? word : '').padEnd(INDENT)}${row.trim()}`);
};

/** What ended and is not needed: no trouble of the cluster. One that was never on this machine is not told each time. */
export const notesOf = (parts: readonly OptionalPart[]): readonly string[] =>
  parts.flatMap((part) => {
    if (part.state === 'ended') return [`${part.name} ended, ${part.why}`];
    return part.state === 'stopped' ? [`${part.name} ${part.why}`] : [];
  });

/** It runs, or will in a moment. */
export const isAlive = ({ state }: OptionalPart): boolean => state === 'running' || state === 'starting';

const stateWords = (part: OptionalPart): string => {
  switch (part.state) {
    case 'running':
      return part.url;
    case 'starting':
      return `${part.url}  (starting)`;
    case 'ended':
      return `ended: ${part.why}`;
    case 'absent':
    case 'stopped':
      return part.why;
  }
  return part satisfies never;
};
