import type { Dropped } from '../../../core/decision.ts'
import type { ShortNames } from './short-names.ts'
import type { Paint } from './terminal.ts'
import { columns, shorten } from './terminal.ts'

const NAME_COLUMN = 0
const GAPS = 3 * 2

/** One row a limit that a model fails: what was asked and what the model has. */
export function describeDropped(dropped: readonly Dropped[], names: ShortNames, paint: Paint, width: number): string[] {
  if (dropped.length === 0) return []
  const head = ['model', 'limit', 'asked', 'has']
  const rows = dropped.map(({ model, constraint, required, actual }, index) => [
    // A model that fails several limits is named once.
    dropped[index - 1]?.model === model ? '' : names.of(model),
    constraint,
    valueText(constraint, required),
    actual === null || actual === undefined ? 'unknown' : valueText(constraint, actual),
  ])
  const [header = '', ...lines] = columns(squeeze([head, ...rows], width))
  return [paint('dim', header), ...lines]
}

/** The widest column gives way until a row fits. */
function squeeze(rows: readonly (readonly string[])[], width: number): string[][] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  let excess = widths.reduce((sum, each) => sum + each, GAPS) - width
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    widths[widest] = (widths[widest] ?? 0) - 1
    excess -= 1
  }
  return rows.map((row) => row.map((cell, column) => cut(cell, widths[column] ?? 0, column)))
}

function cut(cell: string, width: number, column: number): string {
  if (column === NAME_COLUMN) return shorten(cell, width)
  return cell.length <= width ? cell : `${cell.slice(0, Math.max(width - 1, 0))}…`
}

function valueText(limit: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => valueText(limit, each)).join(', ') || 'nothing'
  if (typeof value === 'number')
    return limit.endsWith('_usd')
      ? dollars(value)
          .replace(/(\.\d*?)0+$/, '$1')
          .replace(/\.$/, '')
      : String(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Dollars to two figures, never in powers of ten. */
export function dollars(value: number | undefined): string {
  if (value === undefined) return '–'
  if (value === 0) return '$0'
  const text = value.toPrecision(2)
  if (!text.includes('e')) return `$${text}`
  return value < 1 ? `$${value.toFixed(1 - Math.floor(Math.log10(value)))}` : `$${value.toFixed(0)}`
}
