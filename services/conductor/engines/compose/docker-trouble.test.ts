import { expect, test } from 'vitest';
import { dockerTrouble } from './docker-trouble.js';

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
  [
    'failed to set up container networking: driver failed programming external connectivity on endpoint x-nginx-1 (6a5d): ' +
      'failed to bind host port for 0.0.0.0:9080:172.18.0.2:80/tcp: address already in use',
    'port 9080 is taken',
  ],
  ['failed to bind host port 0.0.0.0:9080/tcp: address already in use', 'port 9080 is taken'],
  [
    'ports are not available: exposing port TCP 0.0.0.0:9080 -> 127.0.0.1:0: listen tcp 0.0.0.0:9080: bind: address already in use',
    'port 9080 is taken',
  ],
  ['Error response from daemon: No such image: switchyard:gone', 'the image switchyard:gone is not here'],
  ['pull access denied for switchyard, repository does not exist', 'the image switchyard is not here'],
])('%s', (said, words) => {
  expect(trouble(said)).toContain(words);
});

test('what is not known is told in its own words, the last of them', () => {
  expect(trouble('one\n\ntwo\nthree\nfour\nfive\nsix\n')).toBe(
    '"docker compose up" failed:\n  two\n  three\n  four\n  five\n  six',
  );
});
