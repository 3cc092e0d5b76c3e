import { describe, expect, test } from 'vitest';
import { isBeyondReturn, planDeploy, promotions, undosAfter, type StepName } from './plan.js';

const plan = planDeploy('blue', 'green', 'deploy', { kind: 'build', source: 'dist' });

describe('planDeploy', () => {
  test('the steps in their order', () => {
    const before: readonly StepName[] = ['preflight', 'release', 'start', 'ready', 'smoke', 'warm', 'probe'];
    const after: readonly StepName[] = ['switch', 'verify', 'watch', 'move', 'bake', 'prove', 'stop'];
    expect(plan.steps.map(({ name }) => name)).toEqual([...before, ...after]);
  });

  test('a rollback has the same steps, and never discards the release that it only took', () => {
    const rollback = planDeploy('blue', 'green', 'rollback', { kind: 'reuse', id: 'r1' });
    expect(rollback.steps.map(({ name }) => name)).toEqual(plan.steps.map(({ name }) => name));
    expect(undosAfter(rollback, 'move')).not.toContain('discard-release');
  });
});

describe('undosAfter', () => {
  test.each<[StepName, readonly string[]]>([
    ['preflight', []],
    ['release', ['discard-release']],
    ['start', ['stop-new-color', 'discard-release']],
    ['ready', ['stop-new-color', 'discard-release']],
    ['smoke', ['stop-new-color', 'discard-release']],
    ['warm', ['stop-new-color', 'discard-release']],
    ['probe', ['end-probes', 'stop-new-color', 'discard-release']],
    ['switch', ['switch-back', 'end-probes', 'stop-new-color', 'discard-release']],
    ['verify', ['switch-back', 'end-probes', 'stop-new-color', 'discard-release']],
    ['watch', ['switch-back', 'end-probes', 'stop-new-color', 'discard-release']],
    ['move', ['cancel-move', 'switch-back', 'end-probes', 'stop-new-color', 'discard-release']],
    ['bake', ['cancel-move', 'switch-back', 'end-probes', 'stop-new-color', 'discard-release']],
    ['prove', ['cancel-move', 'switch-back', 'end-probes', 'stop-new-color', 'discard-release']],
  ])('a failure in %s is taken back in reverse', (failed, undos) => {
    expect(undosAfter(plan, failed)).toEqual(undos);
  });

  test('before the switch nothing that is undone touches the active color or the front', () => {
    const before = plan.steps.slice(
      0,
      plan.steps.findIndex(({ name }) => name === 'switch'),
    );
    const undos = before.flatMap(({ name }) => undosAfter(plan, name));
    expect(undos).not.toContain('switch-back');
    expect(undos).not.toContain('cancel-move');
  });
});

test('only the stop of the old color is beyond return', () => {
  expect(plan.steps.filter(({ name }) => isBeyondReturn(name)).map(({ name }) => name)).toEqual(['stop']);
});

describe('promotions', () => {
  test('without a wish: onto the idle color', () => {
    expect(promotions('green', undefined, false)).toEqual([{ from: 'green', to: 'blue' }]);
  });
  test('the idle color by name', () => {
    expect(promotions('blue', 'green', false)).toEqual([{ from: 'blue', to: 'green' }]);
  });
  test('the active color: nothing to do', () => {
    expect(promotions('blue', 'blue', false)).toEqual([]);
  });
  test('the active color, forced: through the other one and back', () => {
    expect(promotions('blue', 'blue', true)).toEqual([
      { from: 'blue', to: 'green' },
      { from: 'green', to: 'blue' },
    ]);
  });
});
