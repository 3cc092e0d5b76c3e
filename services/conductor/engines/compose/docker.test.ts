import { expect, test } from 'vitest';
import { Docker, dockerTrouble } from './docker.js';

const trouble = (said: string): string => dockerTrouble(['compose', '--project-name', 'x', 'up'], said);

test.each([
  [
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    'no Docker daemon answers',
  ],
  [
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
    'join the group "docker"',
  ],
  ['Error response from daemon: … Bind for 0.0.0.0:9080 failed: port is already allocated', 'port 9080 is taken'],
  ['Error starting userland proxy: listen tcp4 127.0.0.1:9080: bind: address already in use', 'port 9080 is taken'],
  ['Error response from daemon: No such image: switchyard:gone', 'the image switchyard:gone is not here'],
  ['pull access denied for switchyard, repository does not exist', 'the image switchyard is not here'],
])('%s', (said, words) => {
  expect(trouble(said)).toContain(words);
});

test('what is not known is told in its own words, the last of them', () => {
  expect(trouble('one\n\ntwo\nthree\nfour\nfive\nsix\n')).toBe(
    '"docker compose --project-name" failed:\n  two\n  three\n  four\n  five\n  six',
  );
});

test('where there is no docker, that is said', async () => {
  await expect(new Docker('.', { PATH: '/nowhere' }).run(['version'])).rejects.toThrow('there is no docker');
});
