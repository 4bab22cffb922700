/** One series of a counter, to hold on to where it is counted all the time. */
export type CounterCell = { value: number }

/** A number that only grows, one per combination of label values. */
export type Counter = {
  add(amount: number, ...labelValues: readonly string[]): void
  cell(...labelValues: readonly string[]): CounterCell
}

/** A number that rises and falls, one per combination of label values. */
export type Gauge = { set(value: number, ...labelValues: readonly string[]): void }

/** One series of a histogram. */
export type HistogramCell = { observe(value: number): void }

/** A distribution with fixed bucket bounds, one per combination of label values. */
export type Histogram = {
  observe(value: number, ...labelValues: readonly string[]): void
  cell(...labelValues: readonly string[]): HistogramCell
}

/** One series of a family as it stands now, by the values of the family's labels. */
export type MetricSeries<Value> = { readonly labels: readonly string[]; readonly value: Value }

/** `counts[i]`: observations of at most `bounds[i]` and more than the bound before it. */
export type MetricDistribution = { readonly counts: readonly number[]; readonly sum: number; readonly count: number }

/** A metric as it stands now. */
export type MetricFamily = { readonly name: string; readonly help: string; readonly labels: readonly string[] } & (
  | { readonly type: 'counter' | 'gauge'; readonly series: readonly MetricSeries<number>[] }
  | {
      readonly type: 'histogram'
      readonly bounds: readonly number[]
      readonly series: readonly MetricSeries<MetricDistribution>[]
    }
)

export type Registry = {
  counter(name: string, help: string, labels: readonly string[]): Counter
  gauge(name: string, help: string, labels: readonly string[]): Gauge
  histogram(name: string, help: string, labels: readonly string[], bounds: readonly number[]): Histogram
  /** Every metric as it stands now, in the order of their making. */
  read(): readonly MetricFamily[]
  /** Prometheus text format 0.0.4. https://prometheus.io/docs/instrumenting/exposition_formats/ */
  render(): string
}

// A label value that came from outside configuration would be a leak of memory; this bounds even that.
const MAX_SERIES = 10_000
const SEPARATOR = '\u0000'

/**
 * Counts in plain maps: an increment costs one string and one look-up, or nothing where the cell is at hand, and the
 * same code runs on every runtime. Decision: docs/decisions/2026-11-23-metrics.md.
 */
export function createRegistry(): Registry {
  const families: { read(): MetricFamily }[] = []

  /** A family of single numbers: how to get at one of them. */
  function numbers(
    type: 'counter' | 'gauge',
    name: string,
    help: string,
    labels: readonly string[],
  ): (key: readonly string[]) => CounterCell {
    const series = new Map<string, CounterCell>()
    families.push({
      read: () => ({ type, name, help, labels, series: seriesOf(series, labels, ({ value }) => value) }),
    })
    return (labelValues) => cellOf(series, labelValues, () => ({ value: 0 }))
  }

  return {
    counter(name, help, labels) {
      const cell = numbers('counter', name, help, labels)
      return {
        add(amount, ...labelValues) {
          cell(labelValues).value += amount
        },
        cell: (...labelValues) => cell(labelValues),
      }
    },
    gauge(name, help, labels) {
      const cell = numbers('gauge', name, help, labels)
      return {
        set(value, ...labelValues) {
          cell(labelValues).value = value
        },
      }
    },
    histogram(name, help, labels, bounds) {
      const series = new Map<string, Distribution>()
      const cell = (...labelValues: readonly string[]): HistogramCell =>
        cellOf(series, labelValues, () => createDistribution(bounds))
      families.push({
        read: () => ({
          type: 'histogram',
          name,
          help,
          labels,
          bounds,
          series: seriesOf(series, labels, ({ counts, sum, count }) => ({ counts: [...counts], sum, count })),
        }),
      })
      return { observe: (value, ...labelValues) => cell(...labelValues).observe(value), cell }
    },
    read: () => families.map((family) => family.read()),
    render() {
      const lines: string[] = []
      for (const family of families) render(family.read(), lines)
      return `${lines.join('\n')}\n`
    },
  }
}

function seriesOf<Cell, Value>(
  series: ReadonlyMap<string, Cell>,
  labels: readonly string[],
  read: (cell: Cell) => Value,
): MetricSeries<Value>[] {
  return Array.from(series, ([key, cell]) => {
    // A series without labels has one empty text for a key.
    const values = labels.length === 0 ? [] : key.split(SEPARATOR)
    return { labels: values, value: read(cell) }
  })
}

function render(family: MetricFamily, lines: string[]): void {
  const { name, help, type, labels } = family
  lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
  if (family.type !== 'histogram') {
    for (const one of family.series) lines.push(`${name}${labelText(labels, one.labels)} ${one.value}`)
    return
  }
  for (const { labels: values, value } of family.series) {
    let below = 0
    family.bounds.forEach((bound, index) => {
      below += value.counts[index] ?? 0
      lines.push(`${name}_bucket${labelText(labels, values, String(bound))} ${below}`)
    })
    lines.push(`${name}_bucket${labelText(labels, values, '+Inf')} ${value.count}`)
    lines.push(`${name}_sum${labelText(labels, values)} ${value.sum}`)
    lines.push(`${name}_count${labelText(labels, values)} ${value.count}`)
  }
}

type Distribution = HistogramCell & { readonly counts: Float64Array; sum: number; count: number }

function createDistribution(bounds: readonly number[]): Distribution {
  return {
    counts: new Float64Array(bounds.length),
    sum: 0,
    count: 0,
    observe(value) {
      this.sum += value
      this.count += 1
      let bucket = 0
      while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1
      if (bucket < bounds.length) this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    },
  }
}

function cellOf<Cell>(series: Map<string, Cell>, labelValues: readonly string[], create: () => Cell): Cell {
  const key = labelValues.join(SEPARATOR)
  const known = series.get(key)
  if (known !== undefined) return known
  const created = create()
  // Beyond the bound a series is counted for nobody.
  if (series.size < MAX_SERIES) series.set(key, created)
  return created
}

function labelText(labels: readonly string[], values: readonly string[], bound?: string): string {
  const pairs = labels.map((label, index) => `${label}="${escapeLabel(values[index] ?? '')}"`)
  if (bound !== undefined) pairs.push(`le="${bound}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}
