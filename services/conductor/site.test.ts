import { expect, test } from 'vitest';
import { workerEnvironment } from './site.js';
import { fakeSite } from './testing/fake-site.js';

test('workers trust whoever is near, as the engine tells it, unless the stack was given another word', () => {
  const site = fakeSite();
  expect(workerEnvironment(site)).toMatchObject({ RATE_LIMIT_TRUSTED: '127.0.0.0/8,::1/128' });
  const settings = { ...site.settings, worker_environment: { RATE_LIMIT_TRUSTED: 'none' } };
  expect(workerEnvironment({ ...site, settings })).toMatchObject({ RATE_LIMIT_TRUSTED: 'none' });
});

test('in production workers get nothing that is only good for a developer', () => {
  const environment = workerEnvironment(fakeSite({}, { MODE: 'production' }));
  expect(Object.keys(environment).sort()).toEqual(['CONTROL_TOKEN', 'MODE']);
  expect(environment).toMatchObject({ MODE: 'production' });
  expect(workerEnvironment(fakeSite())).toMatchObject({ ADMIN_PASSWORD: 'admin', MODE: 'development' });
});
