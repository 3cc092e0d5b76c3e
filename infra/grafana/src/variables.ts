import {
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { LOKI, PROMETHEUS } from './queries.js';

const choice = (name: string, label: string, all: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(label)
    .multi(true)
    .includeAll(true)
    .allValue(all)
    .current({ selected: true, text: ['All'], value: ['$__all'] })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc);

const ofMetric = (name: string, label: string, query: string): QueryVariableBuilder =>
  choice(name, label, '.*').datasource(PROMETHEUS).definition(query).query({ query, refId: name });

/** Loki refuses a query in which every matcher also takes the empty value: the service's does not. */
const ofLabel = (name: string, label: string, all: '.*' | '.+'): QueryVariableBuilder =>
  choice(name, label, all).datasource(LOKI).query({ label: name, refId: name, stream: '', type: 1 });

const text = (name: string, label: string, description: string): TextBoxVariableBuilder =>
  new TextBoxVariableBuilder(name)
    .label(label)
    .description(description)
    .defaultValue('')
    .current({ selected: true, text: '', value: '' });

export const colorOfWorkers = (): QueryVariableBuilder =>
  ofMetric('color', 'Color', 'label_values(websocket_active_connections, color)');
export const worker = (): QueryVariableBuilder =>
  ofMetric('worker', 'Worker', 'label_values(websocket_active_connections{color=~"$color"}, worker)');

export const service = (): QueryVariableBuilder => ofLabel('service', 'Service', '.+');
export const level = (): QueryVariableBuilder => ofLabel('level', 'Level', '.*');
export const colorOfLines = (): QueryVariableBuilder => ofLabel('color', 'Color', '.*');
export const event = (): TextBoxVariableBuilder =>
  text('event', 'Event', 'The beginning of an event, as docs/OBSERVABILITY.md lists them; empty: all');
export const session = (): TextBoxVariableBuilder =>
  text('session', 'Session', 'The beginning of a session_id as it stands in the log; empty: all');
