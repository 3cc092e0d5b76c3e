import { expect, test } from 'vitest';
import { nginxUser } from './nginx-user.js';

const DEBIAN = {
  passwd:
    'root:x:0:0::/root:/bin/sh\ndaemon:x:1:1::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n',
  group: 'root:x:0:\ndaemon:x:1:\nwww-data:x:33:\nnogroup:x:65534:\n',
};
const BARE = {
  passwd: 'root:x:0:0::/root:/bin/sh\ndaemon:x:2:2::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n',
  group: 'daemon:x:2:\nnobody:x:65534:\n',
};
const ALONE = { passwd: 'nobody:x:65534:65534::/:/bin/sh\n', group: 'nogroup:x:65534:\n' };

test.each([
  ['nobody', DEBIAN, 'user www-data www-data;'],
  ['www-data', DEBIAN, 'user daemon daemon;'],
  ['root', DEBIAN, 'user www-data www-data;'],
  ['nobody', BARE, 'user daemon daemon;'],
  ['daemon', BARE, 'user nobody nobody;'],
  // There is nobody else.
  ['nobody', ALONE, 'user nobody nogroup;'],
  ['nobody', { passwd: '', group: '' }, ''],
])('where workers run as %s, those of nginx are another user: with %o, %s', (runUser, users, line) => {
  expect(nginxUser(runUser, users)).toBe(line);
});
