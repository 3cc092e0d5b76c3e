import { createServer, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../failure.js';
import { ExporterMetrics, type Looking } from './metrics.js';

/** `/metrics` and `/healthz`. Scrapes that come while one is under way get its answer. */
export const createExporter = (look: Looking, warn: (words: string) => void): Server => {
  const metrics = new ExporterMetrics();
  let underWay: Promise<string> | undefined;
  const scrape = async (): Promise<string> => {
    try {
      return await metrics.text(await look.samples());
    } finally {
      underWay = undefined;
    }
  };
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    if (path === '/healthz') return void response.end('ok\n');
    if (!/^\/metrics\/?$/.test(path)) return void response.writeHead(404).end('not found: /metrics\n');
    try {
      underWay ??= scrape();
      const text = await underWay;
      response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text);
    } catch (error) {
      warn(`a scrape failed: ${messageOf(error)}`);
      response.writeHead(500).end('the scrape failed: the log of the exporter tells why\n');
    }
  };
  return createServer((request, response) => void answer((request.url ?? '').split('?')[0] ?? '', response));
};
