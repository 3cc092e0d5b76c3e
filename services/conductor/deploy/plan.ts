import type { Color } from '../engines/engine.js';

/** What takes a step back. Each is safe to run on a step that was done half, or twice. */
export type Undo = 'discard-release' | 'stop-new-color' | 'end-probes' | 'switch-back' | 'cancel-move';
export type StepName =
  | 'preflight'
  | 'release'
  | 'start'
  | 'ready'
  | 'smoke'
  | 'warm'
  | 'probe'
  | 'switch'
  | 'verify'
  | 'watch'
  | 'move'
  | 'bake'
  | 'prove'
  | 'stop';
export type Step = Readonly<{ name: StepName; does: string; undo: Undo | undefined }>;

/** `build`: the release is made from `source`; `reuse`: it is there already (a rollback). */
export type ReleaseChoice = Readonly<{ kind: 'build'; source: string } | { kind: 'reuse'; id: string }>;
export type Reason = 'deploy' | 'rollback';
export type Plan = Readonly<{
  from: Color;
  to: Color;
  reason: Reason;
  release: ReleaseChoice;
  steps: readonly Step[];
}>;

/** After the last step with an undo, a deploy can only go on: the old color holds nothing any more. */
export const planDeploy = (from: Color, to: Color, reason: Reason, release: ReleaseChoice): Plan => ({
  from,
  to,
  reason,
  release,
  steps: [
    { name: 'preflight', does: 'settings agree and there is room', undo: undefined },
    release.kind === 'build'
      ? { name: 'release', does: 'build an immutable release', undo: 'discard-release' }
      : { name: 'release', does: 'take the release that is there', undo: undefined },
    { name: 'start', does: `start ${to}`, undo: 'stop-new-color' },
    { name: 'ready', does: `every ${to} worker ready`, undo: undefined },
    { name: 'smoke', does: `smoke tests on every ${to} worker`, undo: undefined },
    { name: 'warm', does: `warm ${to} up`, undo: undefined },
    { name: 'probe', does: 'open the ledger', undo: 'end-probes' },
    { name: 'switch', does: `new connections to ${to}`, undo: 'switch-back' },
    { name: 'verify', does: `new connections land on ${to}`, undo: undefined },
    { name: 'watch', does: `watch ${to} with new connections`, undo: undefined },
    { name: 'move', does: `move the connections of ${from}`, undo: 'cancel-move' },
    { name: 'bake', does: `bake ${to} with all of them`, undo: undefined },
    { name: 'prove', does: 'close the ledger', undo: undefined },
    { name: 'stop', does: `stop ${from}`, undo: undefined },
  ],
});

/** The undos owed when `failed` failed: its own, which may be half done, and those of the steps before, in reverse. */
export const undosAfter = (plan: Plan, failed: StepName): readonly Undo[] =>
  plan.steps
    .slice(0, plan.steps.findIndex((step) => step.name === failed) + 1)
    .map((step) => step.undo)
    .filter((undo) => undo !== undefined)
    .toReversed();

/** The old color is gone or going: from here a deploy is not taken back. */
export const isBeyondReturn = (step: StepName): boolean => step === 'stop';

/**
 * The deploys that a promote stands for. Without a wish: onto the idle color. A wish for the active one: none, or,
 * forced, through the other one and back.
 */
export const promotions = (
  active: Color,
  wish: Color | undefined,
  force: boolean,
): readonly Readonly<{ from: Color; to: Color }>[] => {
  const idle: Color = active === 'blue' ? 'green' : 'blue';
  if (wish === undefined || wish === idle) return [{ from: active, to: idle }];
  if (!force) return [];
  return [
    { from: active, to: idle },
    { from: idle, to: active },
  ];
};
