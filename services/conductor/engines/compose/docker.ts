import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { Failure } from '../../failure.js';

type Environment = Readonly<Record<string, string>>;
type More = Readonly<{ environment?: Environment; input?: string }>;
type Printed = Readonly<{ out: string; err: string }>;

/** The lines of what it said that tell why. */
const LINES_SHOWN = 5;

/** The command line of Docker: whatever the conductor does with containers, a person can repeat. */
export class Docker {
  readonly #folder: string;
  readonly #environment: Environment;

  /** @param folder where it finds compose.yml, and what images are built from */
  constructor(folder: string, environment: Environment) {
    this.#folder = folder;
    this.#environment = environment;
  }

  /** Returns what it printed. @throws {Failure} with what it said */
  async run(words: readonly string[], more: More = {}): Promise<string> {
    return (await this.both(words, more)).out;
  }

  /** The same with what it wrote to standard error. @throws {Failure} */
  async both(words: readonly string[], { environment = {}, input = '' }: More = {}): Promise<Printed> {
    const child = spawn('docker', words, {
      cwd: this.#folder,
      env: { ...this.#environment, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    // One that ends early reads no input.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    try {
      const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
      if (code === 0) return { out: out.trimEnd(), err: err.trimEnd() };
      throw new Failure(dockerTrouble(words, err));
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure('there is no docker on this machine', { cause: error });
    }
  }
}

/** Why a command failed, in words for a person. @param said what it wrote to standard error */
export const dockerTrouble = (words: readonly string[], said: string): string => {
  if (/permission denied.*docker\.?sock|dial unix.*permission denied/is.test(said)) {
    return 'the Docker daemon does not let this user in (join the group "docker")';
  }
  if (/cannot connect to the docker daemon|is the docker daemon running/i.test(said)) {
    return 'no Docker daemon answers';
  }
  const port = /(?:Bind for \S*?:|listen \w+ \S*?:)(\d+)(?: failed)?: .*(?:already allocated|already in use)/.exec(
    said,
  );
  if (port !== null) return `port ${port[1]} is taken by something else on this machine`;
  const image = /(?:No such image: |pull access denied for |unable to find image ')([\w./:@-]+)/i.exec(said);
  if (image !== null) return `the image ${image[1]} is not here, and can not be pulled`;
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return [`"docker ${words.slice(0, 2).join(' ')}" failed:`, ...lines.slice(-LINES_SHOWN)].join('\n  ');
};
