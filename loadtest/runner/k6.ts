import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findTool } from '../../services/conductor/engines/local/tools.js';

/** What scripts/setup-loadtest.sh builds. */
const BUILT = 'k6-1.8.1';
const OLDEST = [1, 8] as const;

export type K6 = Readonly<{ file: string; version: string }>;

/** The one that is installed, else the one that was built here; undefined: none is new enough. */
export const findK6 = (path: string, cache: string): K6 | undefined => {
  const installed = findTool('k6', path);
  const files = [...(installed === undefined ? [] : [installed]), join(cache, BUILT, 'k6')];
  return files.map(judged).find((k6) => k6 !== undefined);
};

const judged = (file: string): K6 | undefined => {
  const [, major, minor, patch] = /^k6(?:\.exe)? v(\d+)\.(\d+)\.(\d+)/.exec(versionText(file)) ?? [];
  // Of another major version nothing is known.
  if (Number(major) !== OLDEST[0] || Number(minor) < OLDEST[1]) return undefined;
  return { file, version: `${major}.${minor}.${patch}` };
};

const versionText = (file: string): string => {
  try {
    return execFileSync(file, ['version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
};
