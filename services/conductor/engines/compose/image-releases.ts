import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Release, Releases } from '../engine.js';
import type { DirectoryReleases } from '../../releases/releases.js';
import type { Docker } from './docker.js';

/** What a release has besides the image that it stands on. */
const OF_RELEASE = ['dist', 'handlers', 'tasks'];

export const imageOf = (id: string): string => `switchyard:${id}`;

/** Releases as images: each is a release in a directory, as on this machine, put into an image of infra/Dockerfile. */
export class ImageReleases implements Releases {
  readonly #directories: DirectoryReleases;
  readonly #folder: string;
  readonly #docker: Docker;

  /** @param folder where the directories are */
  constructor(directories: DirectoryReleases, folder: string, docker: Docker) {
    this.#directories = directories;
    this.#folder = folder;
    this.#docker = docker;
  }

  async build(source: string): Promise<Release> {
    const release = await this.#directories.build(source);
    try {
      await this.#buildImage(release);
    } catch (error) {
      await this.discard(release.id);
      throw error;
    }
    return release;
  }

  async find(id: string): Promise<Release | undefined> {
    const found = await this.#docker.run(['image', 'ls', '--quiet', imageOf(id)]);
    return found === '' ? undefined : this.#directories.find(id);
  }

  buildOf(id: string): string {
    return this.#directories.buildOf(id);
  }

  async discard(id: string): Promise<void> {
    await this.#directories.discard(id);
    await this.#remove(id);
  }

  async prune(keep: number, inUse: ReadonlySet<string>): Promise<readonly string[]> {
    const surplus = await this.#directories.prune(keep, inUse);
    for (const id of surplus) await this.#remove(id);
    return surplus;
  }

  /** What is released is the build that was given, whatever the checkout is by now. @throws {Failure} */
  async #buildImage({ id, git }: Release): Promise<void> {
    const folder = join(this.#folder, id);
    const base = imageOf(`base-${id}`);
    try {
      await this.#dockerBuild(base, ['--file', 'infra/Dockerfile', '--target', 'base', '.']);
      const parts = OF_RELEASE.filter((name) => existsSync(join(folder, name)));
      const lines = [
        `FROM ${base}`,
        ...parts.map((name) => `COPY ${name} ${name}`),
        `ENV RELEASE=${id}`,
        `LABEL org.opencontainers.image.version=${id} org.opencontainers.image.revision=${git}`,
      ];
      await this.#dockerBuild(imageOf(id), ['--file', '-', folder], `${lines.join('\n')}\n`);
    } finally {
      // The release has its layers; under a name of its own it would only be in the way.
      await this.#remove(`base-${id}`);
    }
  }

  /** By the daemon's own builder, which `docker build` takes: it alone knows the images that are here. @throws {Failure} */
  async #dockerBuild(image: string, words: readonly string[], input = ''): Promise<void> {
    await this.#docker.run(['build', '--quiet', '--tag', image, ...words], {
      environment: { DOCKER_BUILDKIT: '1' },
      input,
    });
  }

  /** The name, and what no other image or container has of it; nothing is missed where there is none. */
  async #remove(id: string): Promise<void> {
    const found = await this.#docker.run(['image', 'ls', '--quiet', imageOf(id)]);
    if (found !== '') await this.#docker.run(['image', 'rm', '--force', imageOf(id)]);
  }
}
