import { numeral } from '../../services/ledger/table.js';
import { COUNT_NAMES, COUNTS, FAULT_NAMES, FAULTS, TIMES, type Time } from './measures.js';
import { PASSED, timeRows } from './outcome.js';
import { plotSvg, type Plot, type Series, type Span } from './plot.js';
import type { Moment, Percentiles } from './recording.js';
import type { Result } from './result.js';

const STYLE = `:root{color-scheme:light dark;--ink:#1a1a1a;--faint:#8883;--soft:#667;--c1:#1f6feb;--c2:#1a8a4a;--c3:#c2410c;--c4:#a21caf}
@media(prefers-color-scheme:dark){:root{--ink:#e8e8e8;--soft:#99a;--c1:#58a6ff;--c2:#3fb950;--c3:#f0883e;--c4:#d66bdc}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);max-width:47rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.3rem 0}small{color:var(--soft);font-weight:400}
.passed{color:var(--c2)}.failed{color:var(--c3)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid var(--faint)}
td:not(:first-child),th:not(:first-child){text-align:right;font-variant-numeric:tabular-nums}
figure{margin:1.5rem 0}figcaption{font-weight:600}ul{list-style:none;display:flex;gap:1rem;margin:.2rem 0;padding:0;flex-wrap:wrap}
li.c1{color:var(--c1)}li.c2{color:var(--c2)}li.c3{color:var(--c3)}li.c4{color:var(--c4)}li::before{content:"● "}
svg{width:100%;height:auto}svg text{font-size:11px;fill:var(--soft)}svg .value{text-anchor:end;dominant-baseline:middle}svg .time{text-anchor:middle}
.grid{stroke:var(--faint)}.line{fill:none;stroke-width:1.5}.line.c1{stroke:var(--c1)}.line.c2{stroke:var(--c2)}.line.c3{stroke:var(--c3)}.line.c4{stroke:var(--c4)}rect.span{fill:var(--faint)}`;

/** Of a run, in one file that opens without a network. */
export const page = (result: Result): string => {
  const { settings, outcome, machine, moments } = result;
  const seconds = moments.map((moment) => moment.seconds);
  const { deploy } = result;
  const span: Span | undefined =
    deploy === undefined ? undefined : { name: 'promote', from: deploy.from, to: deploy.to };
  const verdict =
    outcome.failures.length === 0
      ? `<p class="passed">Passed: ${PASSED}</p>`
      : outcome.failures.map((failure) => `<p class="failed">Failed: ${escaped(failure)}</p>`).join('\n');
  const about =
    `${numeral(settings.sockets)} sockets for ${settings.seconds} s at ${escaped(result.host)}, ${numeral(settings.rate)} messages/s, ` +
    settings.scenarios.join(', ');
  const on = `${machine.cores} cores (${escaped(machine.cpu)}), ${machine.memoryGiB} GiB, Node ${machine.node}, k6 ${machine.k6}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Load test, ${result.at}</title><style>${STYLE}</style></head><body>
<h1>Load test <small>${result.at}</small></h1>
<p>${about}</p><p><small>${on}, which ran k6 and, where the host is this machine, all that it loads</small></p>
${verdict}
<h2>Over time</h2>
${plotsOf(moments)
  .map((plot) => plotSvg(plot, seconds, span))
  .join('\n')}
<h2>Times</h2>${tableOf(['', 'p50', 'p95', 'p99', 'max'], timeRows(outcome.times))}
<h2>Counts</h2>${tableOf(
    ['', ''],
    COUNT_NAMES.filter((name) => !name.startsWith('open_')).map((name) => [
      COUNTS[name],
      numeral(outcome.counts[name] ?? 0),
    ]),
  )}
<h2>Faults</h2>${tableOf(
    ['', ''],
    FAULT_NAMES.map((name) => [FAULTS[name], numeral(outcome.counts[name] ?? 0)]),
  )}
<p><a href="k6.html">k6's own report</a> · <a href="summary.json">every figure</a></p>
</body></html>
`;
};

const plotsOf = (moments: readonly Moment[]): readonly Plot[] => {
  const line = (name: string, color: number, value: (moment: Moment) => number | undefined): Series => ({
    name,
    color,
    values: moments.map(value),
  });
  const times = (name: Time): Plot => ({
    title: `Time ${TIMES[name]}`,
    unit: 'ms',
    series: (['p50', 'p95', 'p99'] as const).map((percentile: keyof Percentiles, index) =>
      line(percentile, index + 1, (moment) => moment.times[name]?.[percentile]),
    ),
  });
  return [
    {
      title: 'Connections open',
      unit: 'by color',
      series: [line('blue', 1, ({ open }) => open.blue), line('green', 2, ({ open }) => open.green)],
    },
    {
      title: 'Messages',
      unit: 'a second',
      series: [
        line('delivered by blue', 1, ({ delivered }) => delivered.blue),
        line('delivered by green', 2, ({ delivered }) => delivered.green),
        line('acked', 3, ({ published }) => published),
      ],
    },
    { title: 'Connections opened', unit: 'a second', series: [line('opened', 1, ({ opened }) => opened)] },
    times('delivery_ms'),
    times('ack_ms'),
    {
      title: `p95 ${TIMES.ack_ms}, by color`,
      unit: 'ms',
      series: [
        line('blue', 1, (moment) => moment.times.ack_blue_ms?.p95),
        line('green', 2, (moment) => moment.times.ack_green_ms?.p95),
      ],
    },
    times('resume_ms'),
    { title: 'Faults', unit: 'a second', series: [line('of every kind', 3, ({ faults }) => faults)] },
  ];
};

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const row = (cells: readonly string[], tag: 'td' | 'th'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const header = head.some((cell) => cell !== '') ? row(head, 'th') : '';
  return `<table>${header}${rows.map((cells) => row(cells, 'td')).join('')}</table>`;
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
