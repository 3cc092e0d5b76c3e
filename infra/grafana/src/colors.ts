import {
  FieldColorBuilder,
  FieldColorModeId,
  type DynamicConfigValue,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** What has gone wrong is red, on every dashboard. */
export const WRONG = 'red';
/** The two colors of a deploy look as they are called. */
export const COLORS = { blue: 'blue', green: 'green' } as const;

export const fixed = (color: string): FieldColorBuilder =>
  new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(color);

/** Shades of red, for a panel on which every series is a fault. */
export const shadesOfWrong = (): FieldColorBuilder =>
  new FieldColorBuilder().mode(FieldColorModeId.Shades).fixedColor(WRONG);

export const inColor = (color: string): DynamicConfigValue[] => [
  { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: color } },
];
