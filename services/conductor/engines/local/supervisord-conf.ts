import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileLimit } from '../../processes.js';
import type { Layout } from './layout.js';
import type { RunUser } from './run-user.js';
import { replaceFile } from './parts/replace-file.js';
import { fill, literal, userLine } from './templates.js';
import type { Tools } from './tools.js';

/** supervisord closes every descriptor below `minfds` one by one at each start of a program. */
const MOST_FILES = 65_536;

/** The configuration of a stack's supervisord; one that runs reads it again when a color or a part is added. */
export const writeSupervisordConf = (layout: Layout, tools: Tools, user: RunUser | undefined): void => {
  const template = readFileSync(join(layout.infra, 'supervisord.conf'), 'utf8');
  const text = fill(template, {
    SOCKET: literal(layout.socket),
    USER_LINE: process.getuid?.() === 0 ? 'user=root' : '',
    REDIS_USER_LINE: userLine(user?.name).join(''),
    REDIS_GUARD: literal(layout.redisGuard),
    REDIS_CONF: literal(layout.redisConf),
    LOGS: literal(layout.logs),
    RUN: literal(layout.runDir),
    FILES: Math.min(fileLimit(), MOST_FILES),
    REDIS_SERVER: literal(tools.redisServer),
    NGINX: literal(tools.nginx),
  });
  replaceFile(join(layout.supervisor, 'supervisord.conf'), text, 0o600);
};
