import type { Summary } from '../deploy/deploy.js';
import type { DeployResult } from '../verbs/promote.js';

/** One deploy onto green that is done: what a proof sees of it. */
export const doneDeploy = (moved: number, ...steps: Summary['steps']): DeployResult => ({
  outcome: 'done',
  active: 'green',
  deploys: [
    {
      reason: 'deploy',
      from: 'blue',
      to: 'green',
      release: 'r',
      steps,
      moved,
      shortfalls: [],
      ledger: undefined,
      outcome: 'done',
    },
  ],
});
