import { join } from 'node:path';
import { pushTo } from '../../loki/push.js';
import type { Layout } from '../engines/local/layout.js';
import { unsentOf } from '../journal/journal.js';
import { Unsent } from '../journal/unsent.js';
import { isLocked } from '../lock.js';
import { CONDUCTOR_LOG } from '../logs/log-tail.js';
import { lokiUrlOf } from '../logs/loki-url.js';
import { RunDirectory } from '../run-directory.js';

/** Lines of verbs that ended before Loki took them: it is given them when it answers. */
export class LateLines {
  readonly #run: RunDirectory;
  readonly #unsent: Unsent;

  constructor({ runDir, logs }: Pick<Layout, 'runDir' | 'logs'>) {
    this.#run = new RunDirectory(runDir);
    this.#unsent = new Unsent(unsentOf(join(logs, CONDUCTOR_LOG)));
  }

  /** A verb that is at work sends them itself. Never rejects. */
  async send(): Promise<void> {
    const remembered = this.#run.remembered();
    const url = remembered === undefined ? undefined : lokiUrlOf(remembered);
    if (url === undefined || isLocked(this.#run.file('lock'))) return;
    await this.#unsent.send(pushTo(url));
  }
}
