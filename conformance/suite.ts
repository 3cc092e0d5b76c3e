import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { basename, dirname, join } from 'node:path';
import { Index, type Results } from './results.js';

const AGENT = 'switchyard';
const REPORT = 'report';
/** What it says of each case. */
const BEGINS = /^Running test case ID (\S+)/;
/** Nothing of this process's environment is meant for it. */
const ENVIRONMENT = {
  HOME: '/root',
  PATH: '/usr/local/bin:/usr/bin:/usr/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  PYTHONUNBUFFERED: '1',
};

/** The Autobahn test suite, in the root that scripts/setup-autobahn.sh has made. */
export class Suite {
  readonly #root: string;
  /** Every case that it has, in its order. */
  readonly cases: readonly string[];

  /** @throws Error when it is not there */
  constructor(root: string) {
    this.#root = root;
    this.cases = readFileSync(join(root, 'opt/cases'), 'utf8').trim().split('\n');
  }

  /**
   * Runs cases against an endpoint that echoes, and copies its report (HTML, a page a case) to `into`. The suite writes its
   * results when all have ended: cut off by `signal`, it has none. `began` is told of each case.
   */
  async run(
    url: string,
    cases: readonly string[],
    into: string,
    began: (name: string) => void,
    signal: AbortSignal,
  ): Promise<Results> {
    const folder = mkdtempSync(join(this.#root, 'opt/run.'));
    const inside = `/opt/${basename(folder)}`;
    try {
      const specification = {
        outdir: `${inside}/${REPORT}`,
        options: { failByDrop: false },
        servers: [{ agent: AGENT, url }],
        cases,
        'exclude-cases': [],
        'exclude-agent-cases': {},
      };
      writeFileSync(join(folder, 'specification.json'), JSON.stringify(specification));
      mkdirSync(join(folder, REPORT));
      await this.#wstest(`${inside}/specification.json`, join(folder, 'wstest.log'), began, signal);
      const results = readResults(join(folder, REPORT, 'index.json'));
      rmSync(into, { recursive: true, force: true });
      mkdirSync(dirname(into), { recursive: true });
      cpSync(join(folder, REPORT), into, { recursive: true });
      cpSync(join(folder, 'wstest.log'), join(into, 'wstest.log'));
      return results;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async #wstest(specification: string, log: string, began: (name: string) => void, signal: AbortSignal): Promise<void> {
    const words = [this.#root, 'sh', '-c', 'exec wstest -m fuzzingclient -s "$0"', specification];
    const child = spawn('chroot', words, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const [, name] = BEGINS.exec(line) ?? [];
        if (name !== undefined) began(name);
      });
    }
    const stop = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop);
    await once(child, 'close');
    signal.removeEventListener('abort', stop);
    writeFileSync(log, `${lines.join('\n')}\n`);
  }
}

const readResults = (file: string): Results => {
  try {
    return Index.parse(JSON.parse(readFileSync(file, 'utf8')))[AGENT] ?? {};
  } catch {
    // It was cut off before it wrote any.
    return {};
  }
};
