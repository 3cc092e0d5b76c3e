import { expect, test } from 'vitest';
import { Passage } from './passage.js';

test('a move that broke no order lost nothing; one that did says where', () => {
  const passage = new Passage();
  passage.opened('blue 1', false, ['room']);
  passage.moving('blue 1');
  expect(passage.moved('green 2')).toBe('Moved from blue 1 to green 2: nothing lost');
  passage.moving('green 2');
  passage.broken('room');
  expect(passage.moved('blue 1')).toBe('Moved from green 2 to blue 1: something was missed in room');
});

test('the first opening is no coming back', () => {
  const passage = new Passage();
  expect(passage.opened('blue 1', true, [])).toBe(false);
  expect(passage.arrival()).toBeUndefined();
});

test('who was away is told once, when every channel is caught up', () => {
  const passage = new Passage();
  passage.opened('blue 1', false, ['a', 'b']);
  passage.away();
  expect(passage.opened('green 1', true, ['a', 'b'])).toBe(true);
  passage.subscribed('a', true);
  expect(passage.arrival()).toBeUndefined();
  passage.subscribed('b', true);
  expect(passage.arrival()).toEqual({ text: 'Back on green 1, resumed: nothing missed', worker: 'green 1' });
  expect(passage.arrival()).toBeUndefined();
});

test('a channel whose log did not reach back is named', () => {
  const passage = new Passage();
  passage.opened('blue 1', false, ['a']);
  passage.away();
  passage.opened('green 1', false, ['a']);
  passage.subscribed('a', false);
  expect(passage.arrival()?.text).toBe('Back on green 1, with a new session: something was missed in a');
});
