import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './stack.js';

const FENCE = /^## (?<heading>.+)$|^```(?<language>\w+)\n(?<code>[\s\S]*?)^```$/gm;

/**
 * The first code block under a heading of the client's README, as it is printed but for the address of the stack.
 * @throws when there is none
 */
export const printedExample = (heading: string, language: 'html' | 'js', address: string): string => {
  const readme = readFileSync(join(checkout, 'services/client/README.md'), 'utf8');
  let under: string | undefined;
  for (const { groups } of readme.matchAll(FENCE)) {
    under = groups?.['heading'] ?? under;
    if (under !== heading || groups?.['language'] !== language) continue;
    return (groups['code'] ?? '').replaceAll('http://localhost', address);
  }
  throw new Error(`the client's README has no ${language} under "${heading}"`);
};
