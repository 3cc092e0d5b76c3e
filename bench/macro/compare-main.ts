// The gate: the ratios of the last `make bench` beside the reference, or beside AGAINST. `make bench-compare`. Ends with 1 when one
// is worse by more than is allowed.
import { existsSync } from 'node:fs';
import { runVerb, told } from '../verb.js';
import { compare } from './compare.js';
import { readConfig } from './config.js';
import { RESULTS, REFERENCE } from './places.js';
import { lastResult, readResult } from './result.js';

await runVerb(async () => {
  const { against } = readConfig();
  if (against === undefined && !existsSync(REFERENCE)) {
    throw new Error(
      'There is no reference yet: copy a result that was measured on a quiet machine to bench/reference.json',
    );
  }
  return told(compare(readResult(lastResult(RESULTS)), readResult(against ?? REFERENCE)));
});
