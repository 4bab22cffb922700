// Writes catalog/tool-use.json from the published scores in the shared data (THALAMUS_DATA, or ../shared/data).
// `--check` only compares. In a checkout without the data it holds the file against the catalogue and its own rules.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { catalog } from '../src/config/catalog.ts'

const ROOT = join(import.meta.dirname, '..')
const OUTPUT = join(ROOT, 'catalog', 'tool-use.json')
const SCORES = resolve(ROOT, process.env['THALAMUS_DATA'] || '../shared/data', 'scores', 'scores.csv.gz')

type Mode = 'fc' | 'prompt'
type Run = {
  readonly name: string
  readonly mode: Mode
  readonly effort: string
  readonly date: string
  readonly share: number
}
type Row = { readonly of: string; readonly fc?: number; readonly prompt?: number }
type File = {
  readonly source: string
  readonly date: string
  readonly otherwise: Readonly<Record<Mode, number>>
  readonly models: Readonly<Record<string, Row>>
}

/** Spellings that `idOf` does not find by rule. Nemo had one version only. */
const ALSO: Readonly<Record<string, string>> = { 'Open-Mistral-Nemo-2407': 'mistral/open-mistral-nemo' }
// Points by which the figure of non-live questions may lie below that of live ones, which are harder. Further below, a
// model makes one call a turn (o3, o4-mini): all questions for several at once count as wrong, and no call is broken.
const MOST_BELOW_LIVE = 15

/** The catalogue's own entry of a name: exact, but for case, punctuation, the day of release and how it was served. */
function idOf(name: string): string | undefined {
  const plain = name.replace(/^(?:Amazon|Moonshotai)-/, '').replace(/-v\d+:\d+$|-FP8$/, '')
  const keys = new Set([plain, plain.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '')].map(keyOf))
  const found = catalog.filter(
    ({ of, model, aliases }) => of === undefined && [model, ...aliases].some((known) => keys.has(keyOf(known))),
  )
  if (found.length > 1) throw new Error(`${name} is ${found.map(({ id }) => id).join(' and ')}.`)
  return found[0]?.id ?? ALSO[name]
}

function keyOf(name: string): string {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
}

function generate(lines: readonly string[]): File {
  const [head = '', ...rest] = lines
  const columns = head.split(',')
  // No field of the benchmark's rows is quoted.
  const rows = rest
    .filter((line) => line.includes(',BFCL v4 '))
    .map((line) => {
      const fields = line.split(',')
      return (name: string): string => fields[columns.indexOf(name)] ?? ''
    })
  const sources = new Set(rows.map((row) => row('source')))
  const date = rows
    .map((row) => row('date'))
    .toSorted()
    .at(-1)
  if (sources.size !== 1 || date === undefined) throw new Error(`There are ${sources.size} sources of BFCL v4.`)
  const runs = Map.groupBy(runsOf(rows), ({ name }) => idOf(name))
  const models = [...runs].flatMap(([id, own]) => (id === undefined ? [] : [[id, rowOf(own)] as const]))
  return fileOf({ source: `BFCL v4, ${[...sources].join()}`, date }, models)
}

type ScoreRow = (column: string) => string

/** One for each model, mode and effort that has both figures. */
function runsOf(rows: readonly ScoreRow[]): Run[] {
  const runs = Map.groupBy(rows, (row) => `${row('raw_model')} ${row('comparability_group')} ${row('date')}`)
  return [...runs.values()].flatMap((run) => {
    const [first] = run
    const score = (benchmark: string): number =>
      Number(run.find((row) => row('benchmark') === `BFCL v4 ${benchmark}`)?.('score') ?? Number.NaN)
    const mode = first === undefined ? undefined : MODES[first('comparability_group').split('/')[1] ?? '']
    const [plain, live] = [score('non-live AST'), score('live')]
    // Zeros are failures of the harness.
    if (first === undefined || mode === undefined || !(plain > 0 && live > 0)) return []
    const percent = live - plain > MOST_BELOW_LIVE ? live : (plain + live) / 2
    const name = first('raw_model')
      .replace(/ \(.*\)$/, '')
      .replaceAll(' ', '-')
    return [{ name, mode, effort: first('reasoning_effort'), date: first('date'), share: percent / 100 }]
  })
}

const MODES: Readonly<Record<string, Mode>> = { FC: 'fc', prompt: 'prompt' }

function rowOf(runs: readonly Run[]): Row {
  const ofMode = (mode: Mode): number | undefined =>
    runs.filter((run) => run.mode === mode).toSorted(byPreference)[0]?.share
  const [fc, prompt] = [ofMode('fc'), ofMode('prompt')].map((share) => (share === undefined ? undefined : round(share)))
  const of = [...new Set(runs.map(({ name }) => name))].toSorted().join(', ')
  return { of, ...(fc === undefined ? {} : { fc }), ...(prompt === undefined ? {} : { prompt }) }
}

/** The newest; of one day the one without a stated effort; then the best. */
function byPreference(left: Run, right: Run): number {
  return (
    right.date.localeCompare(left.date) ||
    Number(left.effort !== '') - Number(right.effort !== '') ||
    right.share - left.share
  )
}

/** Models without a figure are taken for the middle of the others, or, where their tools are emulated, for the lower quarter. */
function fileOf(of: Pick<File, 'source' | 'date'>, models: readonly (readonly [string, Row])[]): File {
  const shares = (mode: Mode): number[] => models.flatMap(([, { [mode]: share }]) => share ?? [])
  const otherwise = { fc: quantile(shares('fc'), 0.5), prompt: quantile(shares('prompt'), 0.25) }
  const sorted = models.toSorted(([left], [right]) => left.localeCompare(right, 'en'))
  return { ...of, otherwise, models: Object.fromEntries(sorted) }
}

/** By the nearest rank. */
function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN
}

function round(share: number): number {
  return Math.round(share * 1e4) / 1e4
}

function write({ models, ...head }: File): string {
  const lines = Object.entries(models).map(([id, row]) => `${JSON.stringify(id)}:${JSON.stringify(row)}`)
  return `${JSON.stringify(head).slice(0, -1)},"models":{\n${lines.join(',\n')}\n}}\n`
}

/** What the file would be if its own figures were right; a model that the catalogue no longer has falls out. */
function regenerate(file: File): File {
  const known = Object.entries(file.models).filter(([id, { of }]) => of.split(', ').every((name) => idOf(name) === id))
  return fileOf(file, known)
}

const hasScores = existsSync(SCORES)
const isCheck = process.argv.includes('--check')
if (!hasScores && !isCheck) throw new Error(`There are no scores at ${SCORES}. Set THALAMUS_DATA.`)
const committed = isCheck ? readFileSync(OUTPUT, 'utf8') : ''
const text = write(
  hasScores ? generate(gunzipSync(readFileSync(SCORES)).toString().split('\n')) : regenerate(JSON.parse(committed)),
)
if (!isCheck) writeFileSync(OUTPUT, text)
else if (committed !== text) {
  console.error('catalog/tool-use.json is stale. Run: node scripts/gen-tool-use.ts')
  process.exitCode = 1
}
