import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../failure.js';
import { speaksTls, type StackSettings } from '../../settings.js';
import { NO_TLS } from './compose-engine.js';
import type { Docker } from './docker.js';

const LEAST_COMPOSE = [2, 24] as const;
const LACKS_COMPOSE = 'docker has no compose ("make setup-docker")';
const LACKS_BUILDX = 'docker has no buildx ("make setup-docker")';
/** A label of what scripts/stand-ins.sh makes. */
const STAND_IN = 'org.switchyard.stand-in';
const WITHOUT_SETTINGS = ['compose', '--env-file', '/dev/null'] as const;

/** Where containers are asked for. `say` is told what is fetched, and what can't be had of what a cluster does without. */
type Asked = Readonly<{ checkout: string; settings: StackSettings; say: (line: string) => void }>;

/** Why a stack can't be in containers here, in words; undefined: it can, and every image that the cluster needs is here. */
export const whyNoContainers = async (
  docker: Docker,
  { checkout, settings, say }: Asked,
): Promise<string | undefined> => {
  const why = await whyNoDocker(docker, settings);
  if (why !== undefined) return why;
  const composed = await tried(docker, [...WITHOUT_SETTINGS, 'config', '--images']);
  if ('why' in composed) return composed.why;
  const dockerfile = readFileSync(join(checkout, 'infra/Dockerfile'), 'utf8');
  const core = imagesOf(composed.out, dockerfile);
  for (const image of core) {
    const trouble = await whyNoImage(docker, image, say);
    if (trouble !== undefined) return trouble;
  }
  if (settings.OBSERVABILITY === 'on') await fetchWhatWatches(docker, core, say);
  await tellStandIns(docker, say);
  return undefined;
};

/** What tests have built where an image could not be pulled has its very tag, and would be pulled by nobody from then on. */
const tellStandIns = async (docker: Docker, say: Asked['say']): Promise<void> => {
  const listed = await docker.run([
    'image',
    'ls',
    '--filter',
    `label=${STAND_IN}`,
    '--format',
    '{{.Repository}}:{{.Tag}}',
  ]);
  const found = listed.split('\n').filter((image) => image !== '' && !/^switchyard:|<none>/.test(image));
  if (found.length === 0) return;
  say('Stand-ins for tests are here under the names of real images, and are taken for them. This takes them away:');
  say(`  docker image rm --force ${found.toSorted().join(' ')}`);
};

/** The cluster runs without them: what can't be had is told, and again by the part that was not started. */
const fetchWhatWatches = async (docker: Docker, core: readonly string[], say: Asked['say']): Promise<void> => {
  const composed = await docker.run([...WITHOUT_SETTINGS, '--profile', 'observability', 'config', '--images']);
  for (const image of imagesOf(composed, '').filter((name) => !core.includes(name))) {
    const trouble = await whyNoImage(docker, image, say);
    if (trouble !== undefined) say(`Of what watches, ${trouble}`);
  }
};

const whyNoImage = async (docker: Docker, image: string, say: Asked['say']): Promise<string | undefined> => {
  if ((await docker.run(['image', 'ls', '--quiet', image])) !== '') return undefined;
  say(`Fetching ${image} …`);
  const pulled = await tried(docker, ['pull', '--quiet', image]);
  return 'why' in pulled ? `the image ${image} can't be had: ${pulled.why}` : undefined;
};

/** The same as far as it is seen without fetching anything. */
export const whyNoDocker = async (docker: Docker, settings: StackSettings): Promise<string | undefined> => {
  if (speaksTls(settings)) return `TLS_DIR is set, and ${NO_TLS}`;
  const daemon = await tried(docker, ['version', '--format', '{{.Server.Version}}']);
  if ('why' in daemon) return daemon.why;
  const compose = await tried(docker, ['compose', 'version', '--short']);
  if ('why' in compose) return LACKS_COMPOSE;
  if (isOlder(compose.out)) return `its compose is ${compose.out}, and ${LEAST_COMPOSE.join('.')} or newer is needed`;
  return 'why' in (await tried(docker, ['buildx', 'version'])) ? LACKS_BUILDX : undefined;
};

/** @param version what compose says of itself, such as `v2.26.1-4`; one that says something else is no release, and taken */
const isOlder = (version: string): boolean => {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return false;
  const [leastMajor, leastMinor] = LEAST_COMPOSE;
  return Number(major) === leastMajor ? Number(minor) < leastMinor : Number(major) < leastMajor;
};

const tried = async (
  docker: Docker,
  words: readonly string[],
): Promise<Readonly<{ out: string }> | Readonly<{ why: string }>> => {
  try {
    return { out: await docker.run(words) };
  } catch (error) {
    return { why: messageOf(error) };
  }
};

/** Those of others: what compose.yml names, and what our own stands on. */
export const imagesOf = (composed: string, dockerfile: string): readonly string[] => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+:\S+)/gm)].map(([, image = '']) => image);
  const named = composed.split('\n').filter((image) => image !== '' && !image.startsWith('switchyard:'));
  return [...new Set([...bases, ...named])].toSorted();
};
