/** Settings of workers by name, as they stand in an environment. */
export type WorkerSettings = Readonly<Record<string, string>>;

export type Change = Readonly<{ name: string; kind: 'new' | 'changed' | 'back to its default' }>;

/** What is other than before, by name. No value: there are secrets among them. */
export const changesOf = (before: WorkerSettings, after: WorkerSettings): readonly Change[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted().flatMap((name): Change[] => {
    if (before[name] === after[name]) return [];
    if (after[name] === undefined) return [{ name, kind: 'back to its default' }];
    return [{ name, kind: before[name] === undefined ? 'new' : 'changed' }];
  });

/** Undefined: there are none. */
export const changeWords = (changes: readonly Change[]): string | undefined =>
  changes.length === 0
    ? undefined
    : `Settings of workers change: ${changes.map(({ name, kind }) => `${name} (${kind})`).join(', ')}. They hold until they are changed again.`;
