import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './stack.js';

const FENCE = /^## (?<heading>.+)$|^```(?<language>\w+)\n(?<code>[\s\S]*?)^```$/gm;

/**
 * The first code block under a heading of a README, as it is printed but for the address of the stack.
 * @throws when there is none
 */
export const printedExample = (
  file: 'README.md' | 'services/client/README.md',
  heading: string,
  language: 'html' | 'js',
  address: string,
): string => {
  const readme = readFileSync(join(checkout, file), 'utf8');
  let under: string | undefined;
  for (const { groups } of readme.matchAll(FENCE)) {
    under = groups?.['heading'] ?? under;
    if (under !== heading || groups?.['language'] !== language) continue;
    return (groups['code'] ?? '').replaceAll('http://localhost', address);
  }
  throw new Error(`${file} has no ${language} under "${heading}"`);
};
