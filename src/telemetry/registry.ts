/** A number that only grows, one per combination of label values. */
export type Counter = { add(amount: number, ...labelValues: readonly string[]): void }

/** A distribution with fixed bucket bounds, one per combination of label values. */
export type Histogram = { observe(value: number, ...labelValues: readonly string[]): void }

export type Registry = {
  counter(name: string, help: string, labels: readonly string[]): Counter
  histogram(name: string, help: string, labels: readonly string[], bounds: readonly number[]): Histogram
  /** Prometheus text format 0.0.4. https://prometheus.io/docs/instrumenting/exposition_formats/ */
  render(): string
}

// A label value that came from outside configuration would be a leak of memory; this bounds even that.
const MAX_SERIES = 10_000
const SEPARATOR = '\u0000'

/**
 * Counts in plain maps: an increment costs one string and one look-up, which is what the hot path can afford, and the
 * same code runs on every runtime. Decision: docs/decisions/2026-11-23-metrics.md.
 */
export function createRegistry(): Registry {
  const families: { render(lines: string[]): void }[] = []

  return {
    counter(name, help, labels) {
      const series = new Map<string, { value: number }>()
      families.push({
        render(lines) {
          header(lines, name, help, 'counter')
          for (const [key, cell] of series) lines.push(`${name}${labelText(labels, key)} ${cell.value}`)
        },
      })
      return {
        add(amount, ...labelValues) {
          const cell = cellOf(series, labelValues, () => ({ value: 0 }))
          if (cell !== undefined) cell.value += amount
        },
      }
    },
    histogram(name, help, labels, bounds) {
      const series = new Map<string, { readonly counts: Float64Array; sum: number; count: number }>()
      families.push({
        render(lines) {
          header(lines, name, help, 'histogram')
          for (const [key, cell] of series) {
            let below = 0
            bounds.forEach((bound, index) => {
              below += cell.counts[index] ?? 0
              lines.push(`${name}_bucket${labelText(labels, key, String(bound))} ${below}`)
            })
            lines.push(`${name}_bucket${labelText(labels, key, '+Inf')} ${cell.count}`)
            lines.push(`${name}_sum${labelText(labels, key)} ${cell.sum}`)
            lines.push(`${name}_count${labelText(labels, key)} ${cell.count}`)
          }
        },
      })
      return {
        observe(value, ...labelValues) {
          const cell = cellOf(series, labelValues, () => ({
            counts: new Float64Array(bounds.length),
            sum: 0,
            count: 0,
          }))
          if (cell === undefined) return
          cell.sum += value
          cell.count += 1
          const bucket = bounds.findIndex((bound) => value <= bound)
          if (bucket >= 0) cell.counts[bucket] = (cell.counts[bucket] ?? 0) + 1
        },
      }
    },
    render() {
      const lines: string[] = []
      for (const family of families) family.render(lines)
      return `${lines.join('\n')}\n`
    },
  }
}

function cellOf<Cell>(series: Map<string, Cell>, labelValues: readonly string[], create: () => Cell): Cell | undefined {
  const key = labelValues.length === 1 ? (labelValues[0] ?? '') : labelValues.join(SEPARATOR)
  const known = series.get(key)
  if (known !== undefined) return known
  if (series.size >= MAX_SERIES) return undefined
  const created = create()
  series.set(key, created)
  return created
}

function header(lines: string[], name: string, help: string, type: string): void {
  lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
}

function labelText(labels: readonly string[], key: string, bound?: string): string {
  const values = key.split(SEPARATOR)
  const pairs = labels.map((label, index) => `${label}="${escapeLabel(values[index] ?? '')}"`)
  if (bound !== undefined) pairs.push(`le="${bound}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}
