import type { Config } from '../config.js';
import { Failure } from '../failure.js';
import type { Report } from '../report.js';
import type { StackSettings } from '../settings.js';
import { Docker } from './compose/docker.js';
import { whyNoContainers, whyNoDocker } from './compose/whether.js';

type EngineName = Exclude<StackSettings['ENGINE'], ''>;

/** Settles what runs a stack that is to start, and says why where nobody asked for it by name. @throws {Failure} */
export const chooseEngine = async (config: Config, report: Report): Promise<EngineName> => {
  const { stack, checkout, dockerEnvironment } = config;
  const { ENGINE: asked } = stack;
  if (asked === 'local') return 'local';
  const say = (line: string): void => report.say(line);
  const docker = new Docker(checkout, dockerEnvironment, { say });
  const why = await whyNoContainers(docker, { checkout, settings: stack, say });
  const chosen = choice(asked, why);
  if (asked === '') report.say(chosen.words);
  return chosen.engine;
};

/** Why a stack would not be in containers here, as far as it is seen without fetching anything; undefined: it would. */
export const whyLocal = ({ stack, checkout, dockerEnvironment }: Config): Promise<string | undefined> =>
  stack.ENGINE === 'local'
    ? Promise.resolve('ENGINE=local')
    : whyNoDocker(new Docker(checkout, dockerEnvironment), stack);

/** @param why there can be no containers; undefined: there can @throws {Failure} where they were asked for */
export const choice = (
  asked: StackSettings['ENGINE'],
  why: string | undefined,
): Readonly<{ engine: EngineName; words: string }> => {
  if (why === undefined) {
    return {
      engine: 'compose',
      words: 'In containers: Docker answers and has every image of the cluster (ENGINE=local: without).',
    };
  }
  if (asked === 'compose') throw new Failure(`ENGINE=compose: ${why}`, { exitCode: 2 });
  return { engine: 'local', words: `As processes of this machine, in no containers: ${why}.` };
};
