import { expect, test } from 'vitest';
import { StackSettings } from '../settings.js';
import { addresses } from './up.js';

test.each([
  [{}, 'http://localhost:9080/admin  (password admin; ADMIN_PASSWORD=… sets yours)'],
  [{ ADMIN_PASSWORD: 'a secret' }, 'http://localhost:9080/admin  (password: your ADMIN_PASSWORD)'],
  [{ MODE: 'production' }, 'http://localhost:9080/admin  (closed: ADMIN_PASSWORD=… opens it)'],
])('the admin page is named with its password only where nobody chose one', (given, line) => {
  const text = addresses({ stack: StackSettings.parse({ HTTP_PORT: 9080 }), worker_environment: given }, []);
  expect(text).toContain(line);
  expect(text).not.toContain('a secret');
});

test('who may connect is said', () => {
  const text = addresses({ stack: StackSettings.parse({}), worker_environment: { MODE: 'production' } }, []);
  expect(text).toContain('production: clients with a token, pages of this address');
});
