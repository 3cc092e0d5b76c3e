import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = readFileSync('docs/DESIGN.md', 'utf8');
/** Rooms that its tables name; not one that a sentence mentions. */
const named = new Set(
  [...page.matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, names = '']) => names.match(/[a-z/]+(?=\/`)/g) ?? []),
);

it.each(['gateway', 'conductor'])('docs/DESIGN.md names every room of services/%s', (service) => {
  const rooms = readdirSync(`services/${service}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
    .map(({ name }) => name);
  expect(rooms.length).toBeGreaterThan(5);
  expect(rooms.filter((room) => ![...named].some((name) => name.split('/')[0] === room))).toEqual([]);
});
