import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../failure.js';
import { speaksTls, type StackSettings } from '../../settings.js';
import { NO_TLS } from './compose-engine.js';
import type { Docker } from './docker.js';

/** What has to answer before a stack can be in containers, and what is said where it does not. */
const NEEDS: readonly Readonly<{ words: readonly string[]; lacking?: string }>[] = [
  { words: ['version', '--format', '{{.Server.Version}}'] },
  { words: ['compose', 'version'], lacking: 'docker has no compose ("make setup-docker")' },
  { words: ['buildx', 'version'], lacking: 'docker has no buildx ("make setup-docker")' },
];

/**
 * Why a stack can't be in containers here, in words; undefined: it can, and every image that it needs is here.
 * `onPull` is told what has to be fetched.
 */
export const whyNoContainers = async (
  docker: Docker,
  checkout: string,
  settings: StackSettings,
  onPull: (image: string) => void,
): Promise<string | undefined> => {
  const why = await whyNoDocker(docker, settings);
  if (why !== undefined) return why;
  const core = await docker.run(['compose', '--env-file', '/dev/null', 'config', '--images']);
  for (const image of imagesOf(core, readFileSync(join(checkout, 'infra/Dockerfile'), 'utf8'))) {
    if ((await docker.run(['image', 'ls', '--quiet', image])) !== '') continue;
    onPull(image);
    if ((await whyNot(docker, ['pull', '--quiet', image])) !== undefined) return `the image ${image} can't be had`;
  }
  return undefined;
};

/** The same as far as it is seen without fetching anything. */
export const whyNoDocker = async (docker: Docker, settings: StackSettings): Promise<string | undefined> => {
  if (speaksTls(settings)) return `TLS_DIR is set, and ${NO_TLS}`;
  for (const { words, lacking } of NEEDS) {
    const why = await whyNot(docker, words);
    if (why !== undefined) return lacking ?? why;
  }
  return undefined;
};

const whyNot = async (docker: Docker, words: readonly string[]): Promise<string | undefined> => {
  try {
    await docker.run(words);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
};

/** Those of others: what compose.yml names, and what our own stands on. */
export const imagesOf = (composed: string, dockerfile: string): readonly string[] => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+:\S+)/gm)].map(([, image = '']) => image);
  const named = composed.split('\n').filter((image) => image !== '' && !image.startsWith('switchyard:'));
  return [...new Set([...bases, ...named])].toSorted();
};
