// Writes docs/dialects.md from the shared data, the tables of the tests, and the newest result of `run.ts`:
// `node bench/dialects/report.ts`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DIALECTS } from '../../src/dialects/index.ts'
import { SNIFF } from '../../src/dialects/sniff.ts'
import { dialectCases } from '../../test/dialects/cases.ts'
import { DIFFERENCES } from '../../test/dialects/differences/index.ts'
import { NO_CASES } from '../../test/dialects/differences/no-cases.ts'
import { LIMITS } from '../../test/dialects/limits.ts'
import { differenceOf } from '../../test/dialects/peer-case.ts'

const ROOT = join(import.meta.dirname, '../..')
const RESULTS = join(ROOT, 'bench/results')
const SOURCES = ['own_matrix', 'vllm', 'ollama', 'ai_sdk_tool_parser']
const KINDS = new Set(['batch', 'stream', 'inner'])
const MAX_EXAMPLE = 160

type Time = { readonly median_us: number; readonly mean_us: number }
type Speed = {
  readonly at: string
  readonly baseline: Time
  readonly results: readonly { readonly dialect: string; readonly prose: Time; readonly calls: Time }[]
}

const cases = SOURCES.map((source) => dialectCases(source).filter(({ id, kind }) => isCase(source, id, kind)))
const isEqual = new Map(cases.flat().map((one) => [one.id, differenceOf(one).length === 0]))

function isCase(source: string, id: string, kind: string): boolean {
  return source === 'own_matrix' || (KINDS.has(kind) && !NO_CASES.has(id))
}

/** `equal/cases`; nothing where a source has none. */
function share(source: number, dialect?: string): string {
  const own = (cases[source] ?? []).filter((one) => dialect === undefined || one.dialect === dialect)
  return own.length === 0 ? '' : `${own.filter(({ id }) => isEqual.get(id) === true).length}/${own.length}`
}

function exampleOf(dialect: string): string {
  const single = cases[0]?.find((one) => one.dialect === dialect && one.id.endsWith(':single'))
  const text = (single?.model_output ?? '').replace(/\s*\n\s*/g, ' ⏎ ').replaceAll('|', '\\|')
  const short = text.length > MAX_EXAMPLE ? `${text.slice(0, MAX_EXAMPLE)} …` : text
  return short === '' ? '' : `\`\` ${short} \`\``
}

function newestSpeed(): Speed {
  const file = readdirSync(RESULTS)
    .filter((name) => name.endsWith('-dialects.json'))
    .sort()
    .at(-1)
  if (file === undefined) throw new Error('Run `node bench/dialects/run.ts` first.')
  return JSON.parse(readFileSync(join(RESULTS, file), 'utf8')) as Speed
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function differences(): string {
  const ids = Map.groupBy(DIFFERENCES, ([, reason]) => reason)
  return table(
    ['reason', 'cases'],
    [...ids].map(([reason, own]) => [reason.replaceAll('|', '\\|'), own.map(([id]) => id).join(' ')]),
  )
}

const speed = newestSpeed()
const rules = readFileSync(join(ROOT, 'src/dialects/detect.ts'), 'utf8')

/** Patterns of names and marks of templates as they stand in the source. */
function detection(dialect: string): string[] {
  const lines = rules.replace(/\{\n\s+(pattern:.*)\n\s+(dialect:.*)\n/g, '{ $1 $2').split('\n')
  const own = lines.filter((line) => line.includes(`dialect: '${dialect}'`))
  const found = (pattern: RegExp): string =>
    own
      .flatMap((line) => pattern.exec(line)?.[1] ?? [])
      .map((text) => `\`\` ${text.replaceAll('|', '\\|')} \`\``)
      .join(', ')
  return [found(/pattern: \/(.*)\/, /), found(/all: \[(.*?)\](?:, without|, dialect)/)]
}

const page = `# Dialects

How models write calls into their text, and what is known of how well each is read. A provider's \`tool_calls\` names one ([tool calls](tool-calls.md)); with \`auto\` it is found out: by the marks in the chat template, by the model's name, or (\`${SNIFF}\`) by the first call of a declared tool. Written by \`node bench/dialects/report.ts\`.

## Results

Equal results of all cases, by source: our own matrix, and what other engines' parsers make of their own test texts. Differences on purpose are below.

${table(
  ['dialect', ...SOURCES],
  [
    ...[...DIALECTS.keys()].map((id) => [id, ...SOURCES.map((_source, index) => share(index, id))]),
    ['**all**', ...SOURCES.map((_source, index) => `**${share(index)}**`)],
  ],
)}

- **Chunks.** Every text of at most 2 kB, cut in two everywhere, by single units and in 20 random ways, is read as it is whole: \`vitest run test/dialects/invariance.test.ts\` (2552 texts).
- **BFCL.** Every accepted answer of 2501 items (3302 calls), written in every dialect and read back, is accepted: \`test/dialects/bfcl.test.ts\`. Left out is what a dialect has no words for.
- **Fuzz.** 200 mangled or random texts a dialect, and nests of 10 000 levels, through reader and ladder: \`test/dialects/fuzz.test.ts\`.
- **Worst texts.** Work beyond reading each unit once is at most 8 units for each that arrives; after more, what follows is text until that is made good: \`test/dialects/hostile.test.ts\`, \`node bench/dialects/hostile.ts\`.

## What they are, and how they are known

${table(
  ['dialect', 'a call', "model's name", "template's marks"],
  [...DIALECTS.keys()].map((id) => [id, exampleOf(id), ...detection(id)]),
)}

## Limits

${table(
  ['dialect', 'what it has no words for'],
  Object.entries(LIMITS).map(([id, limits]) => [
    id,
    limits.map(({ reason }) => reason.replaceAll('|', '\\|').replaceAll('<', '&lt;')).join('; '),
  ]),
)}

## Speed

Microseconds a delta of 4 characters (${speed.at.slice(0, 10)}); the mean has the reading of whole calls in it. Looking for one mark and parsing \`{"a":1}\` took ${speed.baseline.median_us.toFixed(2)} in the same run.

${table(
  ['dialect', 'prose, median', 'mean', 'calls, median', 'mean'],
  speed.results.map(({ dialect, prose, calls }) => [
    dialect,
    ...[prose.median_us, prose.mean_us, calls.median_us, calls.mean_us].map((figure) => figure.toFixed(2)),
  ]),
)}

## Differences from the sources

${differences()}

No cases: ${[...NO_CASES].map(([id, reason]) => `${id} (${reason})`).join('; ')}.
`
writeFileSync(join(ROOT, 'docs/dialects.md'), page)
console.log(SOURCES.map((source, index) => `${source} ${share(index)}`).join(', '))
