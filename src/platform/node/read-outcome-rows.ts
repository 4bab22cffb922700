import { DataProblem } from './data-problem.ts'
import { MOST, readDecimal } from './read-decimal.ts'
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
  const names = fields(head, `${file}:1`)
  for (const name of ['id', 'model', scoreColumn]) {
    if (!names.includes(name)) throw new DataProblem(`${file}:1: there is no column "${name}".${otherSeparator(head)}`)
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
    const cells = fields(text, place)
    // A comma for a point makes one cell too many, and another number of the one before it.
    if (cells.slice(names.length).some((cell) => cell !== '')) {
      throw new DataProblem(`${place}: there are ${cells.length} cells under ${names.length} columns.`)
    }
    const cellOf = (column: string): string => cells[placeOf.get(column) ?? -1] ?? ''
    const score = readDecimal(cellOf(scoreColumn))
    if (score === undefined) {
      throw new DataProblem(`${place}: the score "${cellOf(scoreColumn)}" ${NO_NUMBER}`)
    }
    const model = cellOf('model')
    if (model.trim() === '') throw new DataProblem(`${place}: there is no model.`)
    const amounts = new Map(
      amountColumns.flatMap((column) => {
        if (cellOf(column).trim() === '') return []
        const value = readDecimal(cellOf(column))
        if (value !== undefined) return [[column, value] as const]
        throw new DataProblem(`${place}: the ${column} "${cellOf(column)}" ${NO_NUMBER}`)
      }),
    )
    return [{ line, id: cellOf('id'), model, score, amount: (column) => amounts.get(column), hasColumn }]
  })
}

const NO_NUMBER = `is no number from 0 to ${MOST} in decimal digits.`

/** One line of a CSV file (RFC 4180); a field holds no line break in this format. Throws where quotes do not end a cell. */
function fields(line: string, place: string): string[] {
  if (!line.includes('"')) return line.split(',')
  const cells: string[] = []
  for (let at = 0; at <= line.length; ) {
    CELL.lastIndex = at
    const [cell = '', inQuotes] = CELL.exec(line) ?? []
    const end = at + cell.length
    if (inQuotes === undefined && cell.startsWith('"')) {
      throw new DataProblem(`${place}: the quotes of cell ${cells.length + 1} do not end before the line does.`)
    }
    if (end < line.length && line[end] !== ',') {
      throw new DataProblem(`${place}: behind the closing quotes of cell ${cells.length + 1} there is no comma.`)
    }
    cells.push(inQuotes?.replaceAll('""', '"') ?? cell)
    at = end + 1
  }
  return cells
}

const CELL = /"((?:[^"]|"")*)"|[^,]*/y

/** What is wrong with a head that has its columns, but not between commas. */
function otherSeparator(head: string): string {
  const [name, separator] = SEPARATORS.find(([, one]) => head.split(one).length > head.split(',').length) ?? []
  return separator === undefined ? '' : ` Cells are separated by commas, and here by ${name}.`
}

const SEPARATORS = [
  ['semicolons', ';'],
  ['tabs', '\t'],
  ['bars', '|'],
] as const
