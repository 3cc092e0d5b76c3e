import * as fc from 'fast-check';

/** How a client leaves: mostly as one that has no more to say. */
export const leaving = fc.oneof(
  { weight: 4, arbitrary: fc.constant('end' as const) },
  { weight: 2, arbitrary: fc.constant('reset' as const) },
  { weight: 1, arbitrary: fc.constant('wait' as const) },
);

/** The same bytes, cut at one place or more, or not at all. */
export const cut = (bytes: Buffer): fc.Arbitrary<readonly Buffer[]> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant([bytes]) },
    {
      weight: 1,
      arbitrary: fc.uniqueArray(fc.nat(Math.max(0, bytes.length - 1)), { minLength: 1, maxLength: 4 }).map((places) => {
        const ends = [...places.sort((one, other) => one - other), bytes.length];
        return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
      }),
    },
  );
