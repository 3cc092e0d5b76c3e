import type { OptionalPart } from '../engines/engine.js';

/** What watches the cluster, for the end of `up`: where each is, or why it is not and what to do. */
export const watchingLines = (parts: readonly OptionalPart[], width: number): readonly string[] =>
  parts.flatMap((part) => {
    const line = `  ${part.title.padEnd(width)} ${stateWords(part)}`;
    // Without a page there is something to say only when it does not run.
    return part.hasPage || part.name === 'loki' || !isAlive(part) ? [line] : [];
  });

/** One line for `status`: what runs, by name. */
export const aliveWords = (parts: readonly OptionalPart[]): string =>
  parts
    .filter(isAlive)
    .map(({ name, state }) => (state === 'starting' ? `${name} (starting)` : name))
    .join(', ');

/** What ended and is not needed: no trouble of the cluster. One that was never on this machine is not told each time. */
export const notesOf = (parts: readonly OptionalPart[]): readonly string[] =>
  parts.flatMap((part) => {
    if (part.state === 'ended') return [`${part.name} ended, ${part.why}`];
    return part.state === 'stopped' ? [`${part.name} ${part.why}`] : [];
  });

const isAlive = ({ state }: OptionalPart): boolean => state === 'running' || state === 'starting';

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
