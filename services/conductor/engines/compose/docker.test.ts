import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Docker } from './docker.js';
import { dockerFolder, dockerPath } from './testing/fake-docker.js';

test('where there is no docker, that is said; one that can not be run is something else', async () => {
  await expect(new Docker('.', { PATH: '/nowhere' }).run(['version'])).rejects.toThrow('there is no docker');
  const shut = new Docker('.', { PATH: dockerFolder('exit 0', 0o644) });
  await expect(shut.run(['version'])).rejects.toThrow("docker can't be run: spawn docker EACCES");
});

test('a daemon that does not answer at once what it should is given up, and told', async () => {
  const ill = new Docker('.', { PATH: dockerPath('exec sleep 600') }, { answerMs: 50 });
  await expect(ill.run(['ps', '--all'])).rejects.toThrow('the Docker daemon does not answer: docker ps was given up');
});

test('what may last is waited for, and told now and then', async () => {
  const said: string[] = [];
  // It ends when the first line has been told: the line is what ends it.
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-told-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const told = join(folder, 'told');
  const patience = {
    answerMs: 1,
    lineMs: 20,
    say: (line: string): void => {
      said.push(line);
      writeFileSync(told, '');
    },
  };
  const slow = new Docker('.', { PATH: dockerPath(`until [ -e ${told} ]; do sleep 0.01; done; echo built`) }, patience);
  expect(await slow.run(['compose', '--project-name', 'x', '--env-file', '/dev/null', 'up', '--detach'])).toBe('built');
  expect(said[0]).toMatch(/^ {4}docker compose up: \d+ s so far$/);
});
