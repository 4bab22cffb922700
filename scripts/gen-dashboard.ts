// Writes deploy/grafana/thalamus.json from scripts/dashboard-panels.ts and the metrics of src/telemetry, and the copies of it
// and of the alerts that the Helm chart carries. `--check` writes nothing and fails when one of them is stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createMetrics } from '../src/telemetry/metrics.ts'
import type { Panel } from './dashboard-panels.ts'
import { ROWS } from './dashboard-panels.ts'

const DEPLOY = new URL('../deploy/', import.meta.url)
const WIDTH = 24
const PANEL = { w: 6, h: 8 }

/** What every metric says of itself, by its name. */
const help = new Map(
  [
    ...createMetrics()
      .render()
      .matchAll(/^# HELP (\S+) (.*)$/gm),
  ].map(([, name = '', text = '']) => [name, text]),
)

const dashboard = `${JSON.stringify(buildDashboard(), null, 2)}\n`
const rules = readFileSync(new URL('prometheus/thalamus.rules.yaml', DEPLOY), 'utf8')
const written: readonly (readonly [string, string])[] = [
  ['grafana/thalamus.json', dashboard],
  ['helm/thalamus/files/thalamus.json', dashboard],
  ['helm/thalamus/files/thalamus.rules.yaml', rules],
]
for (const [path, text] of written) {
  const file = new URL(path, DEPLOY)
  if (!process.argv.includes('--check')) {
    mkdirSync(new URL('.', file), { recursive: true })
    writeFileSync(file, text)
  } else if (readOrNothing(file) !== text) {
    console.error(`deploy/${path} is stale. Run: npm run gen`)
    process.exitCode = 1
  }
}

function buildDashboard(): object {
  const shown = new Set(ROWS.flatMap(({ panels }) => panels.flatMap(metricsOf)))
  const unknown = [...shown].filter((name) => !help.has(name))
  const missing = [...help.keys()].filter((name) => !shown.has(name))
  if (unknown.length > 0) throw new Error(`The gateway has no metric ${unknown.join(', ')}.`)
  if (missing.length > 0) throw new Error(`No panel of scripts/dashboard-panels.ts shows ${missing.join(', ')}.`)
  const panels: object[] = []
  let y = 0
  for (const row of ROWS) {
    panels.push({
      type: 'row',
      id: panels.length + 1,
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: WIDTH, h: 1 },
    })
    y += 1
    row.panels.forEach((panel, index) => {
      const x = (index * PANEL.w) % WIDTH
      if (index > 0 && x === 0) y += PANEL.h
      panels.push(panelOf(panel, panels.length + 1, { x, y, ...PANEL }))
    })
    y += PANEL.h
  }
  return {
    uid: 'thalamus',
    title: 'Thalamus',
    tags: ['thalamus'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Data source' },
        variable('job', 'label_values(thalamus_requests_total, job)'),
        {
          ...variable('instance', 'label_values(thalamus_requests_total{job="$job"}, instance)'),
          includeAll: true,
          multi: true,
        },
      ],
    },
    panels,
  }
}

function panelOf(panel: Panel, id: number, gridPos: object): object {
  return {
    type: panel.type ?? 'timeseries',
    id,
    title: panel.title,
    description: help.get(panel.about ?? metricsOf(panel)[0] ?? ''),
    gridPos,
    datasource: { type: 'prometheus', uid: '$datasource' },
    fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      expr,
      legendFormat: legend,
    })),
  }
}

function variable(name: string, query: string): object {
  return {
    name,
    type: 'query',
    query,
    definition: query,
    refresh: 2,
    sort: 1,
    datasource: { type: 'prometheus', uid: '$datasource' },
  }
}

/** Names of metrics in a panel's queries, without the endings of a histogram's series. */
function metricsOf({ queries }: Panel): readonly string[] {
  return queries.flatMap(({ expr }) =>
    [...expr.matchAll(/thalamus_\w+/g)].map(([name]) =>
      help.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, ''),
    ),
  )
}

function readOrNothing(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
