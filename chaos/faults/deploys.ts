import type { Fault, Scene } from './fault.js';

/** Everybody moves to the other color and notices nothing. */
export const promote: Fault = {
  name: 'promote',
  does: 'deploys the build onto the idle color and moves everybody over',
  touches: 'nginx',
  healsWithin: 15,
  strike: (scene) => deploy(scene, ['promote', ...scene.stack.source]),
};

export const rollback: Fault = {
  name: 'rollback',
  does: 'deploys the previous release onto the other color (a promote first, where there is none)',
  touches: 'nginx',
  healsWithin: 15,
  async strike(scene) {
    const words = await deploy(scene, ['rollback']);
    if (words !== NO_RELEASE) return words;
    await deploy(scene, ['promote', ...scene.stack.source]);
    return deploy(scene, ['rollback']);
  },
};

const NO_RELEASE = 'no previous release';

/** One that another fault met may fail, but then it must have undone everything. @throws Error with its last words */
const deploy = async ({ stack, signal, overlaps }: Scene, words: readonly string[]): Promise<string> => {
  const from = stack.active;
  const { code, output } = await stack.conductor.run(words, signal);
  if (code === 0) return `${from} → ${stack.active}`;
  if (output.includes('there is no previous release')) return NO_RELEASE;
  const undone = /Everything was undone|Nothing was changed/.test(output) && stack.active === from;
  if (overlaps && undone) return `undone, ${from} stays`;
  throw new Error(`${words[0] ?? ''} failed${undone ? ' (and was undone)' : ''}:\n${output}`);
};
