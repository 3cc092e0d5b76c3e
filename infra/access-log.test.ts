import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const conf = readFileSync('nginx/nginx.conf', 'utf8');

describe('the access log of nginx', () => {
  it('names no part of a request that may hold a query', () => {
    const format = /log_format json[^;]*;/.exec(conf)?.[0] ?? '';
    expect(format).toContain('$uri');
    expect(format).not.toMatch(
      /\$(?:request|request_uri|args|query_string|is_args|arg_\w+|http_\w+|sent_http_\w+|cookie_\w+)\b/,
    );
    const formats = [...conf.matchAll(/^\s*access_log (.*);$/gm)].map(([, rest]) => rest);
    expect(new Set(formats)).toEqual(new Set(['/dev/stdout json', 'off']));
  });
});
