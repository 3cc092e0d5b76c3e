import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUGS, type BugName } from './bugs.js';
import { LINK_STEP } from './private-ports.js';

/** The workers of the build reach Redis over a link of their own, whatever address they are given. */
const LINKED_MAIN = [
  `process.env.REDIS_URL = \`redis://127.0.0.1:\${Number(process.env.PORT) + ${LINK_STEP}}\`;`,
  "await import('./own-main.js');",
  '',
].join('\n');

/**
 * Copies a build for a chaos run into `target`: the services as they are, a few lines before the worker's own main,
 * and a bug where one is wanted. @throws Error when the bug's place is not in the build
 */
export const copyBuild = (dist: string, target: string, bug: BugName | undefined): void => {
  cpSync(join(dist, 'services'), join(target, 'services'), { recursive: true });
  const gateway = join(target, 'services/gateway');
  // With a bug from its modules, which are changed below: the bundle holds what they were before.
  const own = bug === undefined ? 'main.js' : 'main.unbundled.js';
  renameSync(join(gateway, own), join(gateway, 'own-main.js'));
  writeFileSync(join(gateway, 'main.js'), LINKED_MAIN);
  if (bug === undefined) return;
  for (const { file, from, to } of BUGS[bug].changes) {
    const path = join(target, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from))
      throw new Error(`${file} no longer holds what the bug ${bug} changes: mend chaos/bugs.ts`);
    writeFileSync(path, text.replaceAll(from, to));
  }
};
