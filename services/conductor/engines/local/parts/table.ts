import type { OwnedPort, StackSettings } from '../../../settings.js';
import { alertmanager } from './alertmanager.js';
import { exporter, nginxExporter, redisExporter } from './exporters.js';
import { grafana } from './grafana.js';
import { loki } from './loki.js';
import { findBinary, portOf, type PartSpec, type Place } from './part.js';
import { prometheus } from './prometheus.js';

/** Everything that watches the cluster, in the order in which it is told. */
export const PARTS: readonly PartSpec[] = [
  prometheus,
  grafana,
  loki,
  alertmanager,
  exporter,
  redisExporter,
  nginxExporter,
];

export type FoundPart = Readonly<{ part: PartSpec; binary: string }>;

/** Those that can run here. */
export const foundParts = (place: Pick<Place, 'path' | 'cache' | 'build'>): readonly FoundPart[] =>
  PARTS.flatMap((part) => {
    const binary = findBinary(part, place);
    return binary === undefined ? [] : [{ part, binary }];
  });

export const ownedPort = (part: PartSpec, settings: StackSettings): OwnedPort => ({
  port: portOf(part, settings),
  setting: part.port,
  use: part.title,
});

/** Ports of what will be started here. */
export const partPorts = (
  settings: StackSettings,
  place: Pick<Place, 'path' | 'cache' | 'build'>,
): readonly OwnedPort[] =>
  settings.OBSERVABILITY === 'off' ? [] : foundParts(place).map(({ part }) => ownedPort(part, settings));
