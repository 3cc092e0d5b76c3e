import { beforeEach, describe, expect, it } from 'vitest';
import { OffenderSampler, type Offence, type Told } from './offender-sampler.js';

let offenders: OffenderSampler;
let lines: (Told & Readonly<{ who: string }>)[];
beforeEach(() => {
  offenders = new OffenderSampler();
  lines = [];
});

const take = (who: string, nowMs: number, more: Partial<Offence> = {}): void =>
  offenders.take({ who, address: who, what: 'w', ...more }, nowMs, () => (told) => lines.push({ who, ...told }));
/** The lines since it was asked last. */
const told = () => lines.splice(0).map(({ who, times, summary }) => `${who} ${times}${summary ? ' summary' : ''}`);

describe('OffenderSampler', () => {
  it('tells of each at once, then every ten seconds how often it was since', () => {
    for (let ms = 0; ms < 10_000; ms += 200) take('a', ms);
    take('b', 9_999);
    take('a', 10_000);
    take('a', 19_999);
    take('a', 20_000);
    expect(told()).toEqual(['a 1', 'b 1', 'a 50', 'a 2']);
  });

  it('tells of ten a second at most, and later of those that had to wait', () => {
    for (let n = 0; n < 500; n += 1) take(`client ${n}`, 500);
    expect(told()).toHaveLength(10);
    take('client 499', 999);
    expect(told()).toEqual([]);
    take('client 499', 1_000);
    expect(told()).toEqual(['client 499 3']);
  });

  it('leaves room for others, whatever comes from one address under ever new names', () => {
    for (let n = 0; n < 50; n += 1) take(`loud ${n}`, 500, { address: 'loud' });
    expect(told()).toHaveLength(5);
    take('other', 600);
    expect(told()).toEqual(['other 1']);
  });

  it('tells of who is closed, whatever else fills the second', () => {
    for (let n = 0; n < 50; n += 1) take(`client ${n}`, 500);
    told();
    take('last', 600, { isClosed: true });
    expect(told()).toEqual(['last 1']);
  });

  it('tells of who does not come back in a summary, once, five a second', () => {
    take('gone', 0);
    take('gone', 100);
    take('gone', 200);
    told();
    offenders.summarize(9_000);
    expect(told()).toEqual([]);
    offenders.summarize(10_000);
    offenders.summarize(11_000);
    offenders.summarize(30_000);
    expect(told()).toEqual(['gone 2 summary']);
    for (let n = 0; n < 22; n += 1) take(`client ${n}`, 40_000);
    told();
    offenders.summarize(41_000);
    expect(told()).toEqual([10, 11, 12, 13, 14].map((n) => `client ${n} 1 summary`));
    take('new', 41_500);
    expect(told()).toEqual(['new 1']);
  });

  it('tells what is left as it stops', () => {
    const nowMs = Date.now();
    take('a', nowMs - 2_000);
    take('a', nowMs - 1_500);
    told();
    offenders.stop();
    expect(told()).toEqual(['a 1 summary']);
  });

  it('keeps no more than a thousand apart, and forgets those of longest ago', () => {
    take('first', 0);
    for (let n = 0; n < 1_024; n += 1) take(`client ${n}`, 1 + n);
    told();
    take('first', 5_000);
    take('client 1023', 6_000);
    expect(told()).toEqual(['first 1', 'client 1023 2']);
  });
});
