import { expect, it } from 'vitest';
import { repeatedName } from './repeated-name.js';

it.each([
  ['{"a": 1, "b": 2, "a": 3}', 'a'],
  [String.raw`{"a": 1, "\u0061" : 2}`, 'a'],
  ['{"a": {"b": 1, "c": [{"d": 1}], "b": 2}}', 'b'],
  ['{"a": {"b": 1}, "c": {"b": 1, "a": 2}}', undefined],
  ['{"a": "b", "b": "b", "c": ["b"]}', undefined],
  [String.raw`{"a": "}, \"a\": {", "b": "\\"}`, undefined],
  ['[]', undefined],
])('of %s: %s', (text, name) => {
  expect(repeatedName(text)).toBe(name);
});
