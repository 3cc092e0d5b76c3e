import { describe, expect, it } from 'vitest';
import { chosenCases, failedCases, summary } from './results.js';

const ALL = ['1.1.1', '1.1.2', '9.1.1', '10.1.1'];
const result = (behavior: string, behaviorClose = 'OK') => ({ behavior, behaviorClose, duration: 500 });

describe('cases of the Autobahn test suite', () => {
  it('are chosen by section or by name, in the order of the suite', () => {
    expect(chosenCases(ALL, ['10', '1'])).toEqual(['1.1.1', '1.1.2', '10.1.1']);
    expect(chosenCases(ALL, ['1.1.2'])).toEqual(['1.1.2']);
    expect(() => chosenCases(ALL, ['8'])).toThrow('CASES: the suite has no case 8');
  });

  it('fail when they are not OK, NON-STRICT or INFORMATIONAL, close uncleanly, or have no result', () => {
    const results = { '1.1.1': result('OK'), '1.1.2': result('FAILED'), '9.1.1': result('OK', 'WRONG CODE') };
    expect(failedCases(ALL, results)).toEqual(['1.1.2', '9.1.1', '10.1.1']);
    expect(failedCases(['a', 'b'], { a: result('NON-STRICT'), b: result('INFORMATIONAL', 'INFORMATIONAL') })).toEqual(
      [],
    );
  });

  it('are counted by group', () => {
    const results = { '1.1.1': result('OK'), '1.1.2': result('NON-STRICT'), '9.1.1': result('FAILED') };
    expect(summary(ALL, results).map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      'cases | run | ok | non-strict | informational | failed | took',
      '1 framing | 2 | 1 | 1 | 0 | 0 | 1 s',
      '9 limits and speed | 1 | 0 | 0 | 0 | 1 | 1 s',
      '10 chopped writes | 1 | 0 | 0 | 0 | 1 | 0 s',
    ]);
  });
});
