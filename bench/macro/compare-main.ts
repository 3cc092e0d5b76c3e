// The gate: the ratios of the last `make bench` beside the reference, or beside AGAINST. `make bench-compare`. Ends with 1 when one
// is worse by more than is allowed.
import { runVerb, told } from '../verb.js';
import { compare } from './compare.js';
import { readConfig } from './config.js';
import { RESULTS, REFERENCE } from './places.js';
import { lastResult, readResult } from './result.js';

await runVerb(async () => {
  const { against } = readConfig();
  return told(compare(readResult(lastResult(RESULTS)), readResult(against ?? REFERENCE)));
});
