import { join } from 'node:path';
import { assignment, literal, userLine } from '../templates.js';
import { userOfPart, type PartSpec, type Place } from './part.js';

/**
 * supervisord's section for a part. It is stopped after the workers, whose last lines it may take, and its end is no
 * reason to wait: `stopwaitsecs` is short.
 */
export const renderPartProgram = (part: PartSpec, binary: string, place: Place): string => {
  const user = userOfPart(part, place);
  const words = part.command(binary, place).map((word) => `"${literal(word)}"`);
  const environment = Object.entries(part.environment?.(place) ?? {}).map(([name, value]) => assignment(name, value));
  return [
    `[program:${part.name}]`,
    `command=${words.join(' ')}`,
    `directory=${literal(place.layout.runDir)}`,
    ...userLine(user?.name),
    ...(environment.length === 0 ? [] : [`environment=${environment.join(',')}`]),
    'priority=25',
    'autostart=true',
    'autorestart=true',
    'startsecs=1',
    'startretries=10',
    'stopsignal=TERM',
    `stopwaitsecs=${part.stopSeconds}`,
    'stopasgroup=true',
    'killasgroup=true',
    'redirect_stderr=true',
    `stdout_logfile=${literal(join(place.layout.logs, `${part.name}.log`))}`,
    'stdout_logfile_maxbytes=5MB',
    'stdout_logfile_backups=1',
    '',
  ].join('\n');
};
