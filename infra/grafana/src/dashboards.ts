import { deploys } from './deploys/dashboard.js';
import { logs } from './logs.js';
import { websocket } from './websocket/dashboard.js';
import { websocketTool } from './websocket-tool.js';

const text = (dashboard: object): string => `${JSON.stringify(dashboard, null, 2)}\n`;

/** Every dashboard as the text of its file, by the file's place in the checkout. */
export const dashboardFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ['infra/grafana/dashboards/websocket.json', text(websocket())],
    ['infra/grafana/dashboards/logs.json', text(logs())],
    ['infra/grafana/dashboards/deploys.json', text(deploys())],
    ['grafana/websocket-tool.json', text(websocketTool())],
  ]);
