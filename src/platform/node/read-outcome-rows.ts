import { DataProblem } from './data-problem.ts'
import { readDecimal } from './read-decimal.ts'
import { readLines } from './read-text.ts'

/** One line of outcomes.csv. */
export type OutcomeRow = {
  readonly line: number
  readonly id: string
  readonly model: string
  readonly score: number
  /** USD, tokens or characters by the column's name; `undefined` where it is blank or there is no such column. */
  readonly amount: (column: string) => number | undefined
  readonly hasColumn: (column: string) => boolean
}

const AMOUNTS = ['cost', 'in_tokens', 'out_tokens', 'in_chars', 'out_chars']

/** Reads outcomes.csv. Throws a DataProblem that names file and line where a number is none. */
export function readOutcomeRows(file: string, scoreColumn: string): OutcomeRow[] {
  const [head = '', ...lines] = readLines(file)
  const names = fields(head)
  for (const name of ['id', 'model', scoreColumn]) {
    if (!names.includes(name)) throw new DataProblem(`${file}:1: there is no column "${name}".`)
  }
  const twice = names.find((name, place) => name !== '' && names.indexOf(name) < place)
  if (twice !== undefined) throw new DataProblem(`${file}:1: the column "${twice}" stands there twice.`)
  const placeOf = new Map(names.map((name, place) => [name, place]))
  const hasColumn = (column: string): boolean => placeOf.has(column)
  const amountColumns = AMOUNTS.filter(hasColumn)
  return lines.flatMap((text, index) => {
    if (text.trim() === '') return []
    const line = index + 2
    const place = `${file}:${line}`
    const cells = fields(text)
    // A comma for a point makes one cell too many, and another number of the one before it.
    if (cells.slice(names.length).some((cell) => cell !== '')) {
      throw new DataProblem(`${place}: there are ${cells.length} cells under ${names.length} columns.`)
    }
    const cellOf = (column: string): string => cells[placeOf.get(column) ?? -1] ?? ''
    const score = readDecimal(cellOf(scoreColumn))
    if (score === undefined) {
      throw new DataProblem(`${place}: the score "${cellOf(scoreColumn)}" is no number of 0 or more in decimal digits.`)
    }
    const model = cellOf('model')
    if (model.trim() === '') throw new DataProblem(`${place}: there is no model.`)
    const amounts = new Map(
      amountColumns.flatMap((column) => {
        if (cellOf(column).trim() === '') return []
        const value = readDecimal(cellOf(column))
        if (value !== undefined) return [[column, value] as const]
        throw new DataProblem(
          `${place}: the ${column} "${cellOf(column)}" is no number of 0 or more in decimal digits.`,
        )
      }),
    )
    return [{ line, id: cellOf('id'), model, score, amount: (column) => amounts.get(column), hasColumn }]
  })
}

/** One line of a CSV file (RFC 4180); a field holds no line break in this format. */
function fields(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}
