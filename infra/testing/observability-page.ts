import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/OBSERVABILITY.md'), 'utf8');

/** A section of docs/OBSERVABILITY.md without its heading, up to the next one of its rank. */
export const section = (title: string): string =>
  page
    .split(/^## /m)
    .find((part) => part.startsWith(`${title}\n`))
    ?.slice(title.length + 1) ?? '';

/** The headings within a section, each with its text. */
export const headings = (title: string): ReadonlyMap<string, string> =>
  new Map(
    section(title)
      .split(/^### /m)
      .slice(1)
      .map((part) => {
        const [heading = '', ...text] = part.split('\n');
        return [heading, text.join('\n').trim()];
      }),
  );

/** The metrics that the page's tables name: what stands as code in a first cell, without labels. `*` ends a family. */
export const documentedMetrics = (): readonly string[] =>
  [...page.matchAll(/^\|([^|]*`[^|]*)\|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([a-z_]+\*?)(?:\{[^}`]*\})?`/g)])
    .map(([, name = '']) => name);
