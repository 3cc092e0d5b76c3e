import { expect, test } from 'vitest';
import { membersOf, SCENARIOS } from './plan.js';

test('members are shared out by weight, and none is left over', () => {
  expect(membersOf(10_000, SCENARIOS)).toEqual({ storm: 1_000, chat: 4_000, fan_out: 4_000, resume: 1_000 });
  expect(membersOf(7, SCENARIOS)).toEqual({ storm: 1, chat: 3, fan_out: 2, resume: 1 });
  expect(membersOf(101, ['storm', 'resume'])).toEqual({ storm: 51, resume: 50 });
});

test('every scenario has a member, however few there are', () => {
  expect(membersOf(4, SCENARIOS)).toEqual({ storm: 1, chat: 1, fan_out: 1, resume: 1 });
});
