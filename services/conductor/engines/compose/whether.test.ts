import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { StackSettings } from '../../settings.js';
import { Docker } from './docker.js';
import { imagesOf, whyNoContainers } from './whether.js';

const none = (): void => {};

test('the images that are needed: of others in compose.yml, and what ours stands on', () => {
  const dockerfile = readFileSync('infra/Dockerfile', 'utf8');
  expect(imagesOf('switchyard:local\nredis:8.0.6\nswitchyard:local\nredis:8.0.6\n', dockerfile)).toEqual([
    'debian:trixie-slim',
    'node:24-trixie-slim',
    'redis:8.0.6',
  ]);
});

test('why there can be no containers: TLS, or no docker', async () => {
  const nowhere = new Docker('.', { PATH: '/nowhere' });
  const why = (stack: object): Promise<string | undefined> =>
    whyNoContainers(nowhere, '.', StackSettings.parse(stack), none);
  expect(await why({ TLS_DIR: '/etc/tls' })).toContain('TLS_DIR is set');
  expect(await why({})).toContain('there is no docker');
});
