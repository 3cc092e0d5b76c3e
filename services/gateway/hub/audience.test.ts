import { describe, expect, it } from 'vitest';
import { Audience } from './audience.js';
import type { FeedMember } from './feed-context.js';

const member = (isCounted: boolean): FeedMember => ({
  isCounted,
  feedReached: () => undefined,
  orderBroken: () => undefined,
  checkPace: () => false,
});

describe('Audience', () => {
  it('knows of its members how many count', () => {
    const audience = new Audience();
    const [user, probe] = [member(true), member(false)];
    for (const joining of [user, probe, user]) audience.add(joining);
    expect([audience.size, audience.counted]).toEqual([2, 1]);
    expect([audience.delete(probe), audience.delete(probe)]).toEqual([true, false]);
    expect([audience.size, audience.counted]).toEqual([1, 1]);
    audience.delete(user);
    expect([audience.size, audience.counted]).toEqual([0, 0]);
  });

  it('[stats-2] knows what each has heard since it joined', () => {
    const audience = new Audience();
    const [early, late] = [member(true), member(true)];
    audience.add(early);
    audience.hear();
    audience.add(late);
    audience.hear();
    // It has joined already: nothing begins anew.
    audience.add(early);
    expect([early, late].map((one) => audience.heardBy(one))).toEqual([2, 1]);
    audience.delete(early);
    expect(audience.heardBy(early)).toBe(0);
  });
});
