// Writes the generated parts of docs/formats.md: the providers, what each format loses of the requests in
// test/fixtures/requests, and the recorded cases behind each feature. `--check` only compares; the cases need the shared data
// and are left as they are where it is absent.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { providers } from '../src/providers/index.ts'
import { wireFormats } from '../src/wire/index.ts'
import type { SchemaSubset } from '../src/wire/schema/subsets.ts'
import { SCHEMA_SUBSETS } from '../src/wire/schema/subsets.ts'
import { readFixtures, writeFixture } from '../test/fanout/fixtures.ts'
import { knownAnswers } from '../test/reencode/answers.ts'
import { DIFFERENCES as READ_BACK } from '../test/reencode/differences.ts'
import type { ProviderCase } from '../test/wire/case-data.ts'
import { casesOf, hasCases } from '../test/wire/case-data.ts'
import { DIFFERENCES } from '../test/wire/differences.ts'

const FILE = join(import.meta.dirname, '../docs/formats.md')

function replace(name: string, text: string): void {
  const start = `<!-- generated: ${name} -->\n`
  const at = after.indexOf(start)
  const end = after.indexOf('<!-- end -->', at)
  if (at < 0 || end < 0) throw new Error(`docs/formats.md has no place for ${name}.`)
  after = `${after.slice(0, at + start.length)}${text}\n${after.slice(end)}`
}

function providersTable(): string {
  const rows = [...providers.values()].map(
    ({ id, format, alsoSpeaks = [], speaksIfTold = [], keyVariable, baseUrl }) => {
      const told = speaksIfTold.map((other) => `\`${other}\` if told`)
      const also = [...alsoSpeaks.map((other) => `\`${other}\``), ...told].join(', ')
      const key = keyVariable === undefined ? '' : `\`${keyVariable}\``
      return `| \`${id}\` | \`${format}\` | ${also} | ${key} | ${baseUrl === undefined ? 'yours' : baseUrl} |`
    },
  )
  return [
    '| name | asked in | clients of these pass through too | key | base URL |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

/** For each fixture, the paths that a target of each format does not get. */
function lossesTable(): string {
  const formats = [...wireFormats.keys()]
  const rows = readFixtures().map((fixture) => {
    const cells = formats.map((id) => {
      const paths = new Set(writeFixture(fixture, id).losses.map(({ path }) => `\`${shortened(path)}\``))
      return id === fixture.client ? '·' : [...paths].join(' ') || '–'
    })
    return `| ${fixture.name} | ${cells.join(' | ')} |`
  })
  const head = `| request | ${formats.map((id) => `\`${id}\``).join(' | ')} |`
  return [head, `|---|${formats.map(() => '---|').join('')}`, ...rows].join('\n')
}

/** Which message or part it was says nothing to a reader of the table. */
function shortened(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '[]')
}

type Feature = readonly [name: string, has: (one: ProviderCase) => boolean]

const FEATURES: readonly Feature[] = [
  ['cases', () => true],
  ['of real traffic', (one) => one.recording !== null],
  ['whole', (one) => one.mode === 'generate'],
  ['streamed', (one) => one.mode === 'stream'],
  ['text', ({ expected }) => (expected.content ?? '') !== ''],
  ['calls', ({ expected }) => (expected.tool_calls ?? []).length > 0],
  ['parallel calls', ({ expected }) => (expected.tool_calls ?? []).length > 1],
  ['reasoning', ({ expected }) => (expected.reasoning ?? '') !== ''],
  ['usage', ({ expected }) => (expected.usage?.inputTokens.total ?? 0) > 0],
  [
    'cached prompt',
    ({ expected: { usage } }) => (usage?.inputTokens.cacheRead ?? 0) + (usage?.inputTokens.cacheWrite ?? 0) > 0,
  ],
  ['reasoning tokens', ({ expected }) => (expected.usage?.outputTokens.reasoning ?? 0) > 0],
  ['cut by a limit', ({ expected }) => expected.finish_reason?.unified === 'length'],
  ['filtered', ({ expected }) => expected.finish_reason?.unified === 'content-filter'],
  ['errors', (one) => one.status !== 200 || one.expected.error !== undefined || (one.expected.errors ?? []).length > 0],
]

const APIS = [
  'openai-chat openai-responses openai-compatible-chat anthropic-messages gemini-generateContent bedrock-converse mistral-chat',
  'cohere-v2-chat groq-chat deepseek-chat xai-chat xai-responses alibaba-chat moonshot-chat open-responses',
].flatMap((line) => line.split(' '))

function casesTable(): string {
  const all = APIS.flatMap((api) => casesOf(api))
  const names = [...new Set(all.map((one) => `${one.provider} (${one.api})`))]
  const rows = names.map((name) => {
    const own = all.filter((one) => `${one.provider} (${one.api})` === name)
    return `| ${name} | ${FEATURES.map(([, has]) => own.filter(has).length || '').join(' | ')} |`
  })
  const total = `| **all** | ${FEATURES.map(([, has]) => all.filter(has).length).join(' | ')} |`
  const head = `| provider (API) | ${FEATURES.map(([name]) => name).join(' | ')} |`
  return [head, `|---|${FEATURES.map(() => '---:|').join('')}`, ...rows, total].join('\n')
}

function differencesList(): string {
  const lines = Object.entries(DIFFERENCES).flatMap(([format, differences]) => {
    const byReason = Map.groupBy(Object.entries(differences), ([, reason]) => reason)
    return [...byReason].map(([reason, entries]) => {
      const ids = entries.map(([id]) => id.replace('vercel_responses:', '')).join(', ')
      return `| \`${format}\` | ${ids} | ${reason.replaceAll('|', '\\|')} |`
    })
  })
  return ['| format | lines of `vercel_responses` | why |', '|---|---|---|', ...lines].join('\n')
}

/** Of what is read back by the SDKs of all clients (test/reencode). */
function readBackList(): string {
  const lines = Object.entries(READ_BACK).flatMap(([sdk, differences]) =>
    Object.entries(differences).map(([id, reason]) => `| \`${sdk}\` | ${id} | ${reason} |`),
  )
  const count = `${knownAnswers().length} answers, each written in seven formats, whole and streamed. Read differently on purpose:`
  return [count, '', '| SDK | answer | why |', '|---|---|---|', ...lines].join('\n')
}

type Column = readonly [name: string, cell: (row: SchemaSubset) => string]

/** What of JSON Schema becomes what; an empty cell is passed on as it is. */
const REWRITES: readonly Column[] = [
  ['root', rootCell],
  [
    '`$ref`',
    ({ references = '' }) => ({ inlined: 'written out, cut', alone: 'nothing beside', '': '' })[references] ?? '',
  ],
  ['`oneOf`', ({ oneOf }) => (oneOf === undefined ? '' : '`anyOf`')],
  ['`allOf`', ({ allOf }) => allOf ?? ''],
  ['`const`', ({ constants }) => (constants === undefined ? '' : '`enum`')],
  ['other enums', ({ enums }) => (enums === undefined ? '' : 'texts, read back')],
  ['types, null', typesCell],
  ['tuples', ({ tuples }) => (tuples === undefined ? '' : `\`${tuples}\``)],
  ['formats', ({ formats }) => (formats === undefined ? '' : [...formats].join(' '))],
  ['other keywords', ({ keywords }) => (keywords === undefined ? '' : 'said in the description')],
  ['left out', ({ silent = [] }) => [...silent].map((word) => `\`${word}\``).join(' ')],
  [
    'names of properties',
    ({ propertyNames: rule }) => (rule === undefined ? '' : `\`${rule.valid.source}\`, ${rule.where}`),
  ],
  ['enforced if', ({ enforced = '' }) => enforced.replaceAll('-', ' ')],
]

function rootCell({ plainRoot, rootMembers, untypedRoot, needsProperties }: SchemaSubset): string {
  const said = [
    untypedRoot === true ? '' : '`type: object`',
    plainRoot === true ? 'no branches' : '',
    needsProperties === true ? '`properties`' : '',
    rootMembers === undefined ? '' : `only ${[...rootMembers].map((word) => `\`${word}\``).join(' ')}`,
  ]
  return said.filter((one) => one !== '').join(', ')
}

function typesCell({
  typeLists,
  nulls,
  needsTypes,
  typeInBranches,
  needsItems,
  emptyObjects,
  noBooleans,
}: SchemaSubset): string {
  const said = [
    typeLists === undefined ? '' : 'lists as branches',
    nulls === undefined ? '' : '`nullable`',
    needsTypes === undefined ? '' : `always one; anything as ${needsTypes === 'text' ? 'JSON in a text' : needsTypes}`,
    typeInBranches === true ? 'in the branches of `anyOf`' : '',
    needsItems === true ? 'arrays say `items`' : '',
    emptyObjects === undefined ? '' : 'objects without members as JSON in a text',
    noBooleans === true ? 'no `true`' : '',
  ]
  return said.filter((one) => one !== '').join('; ')
}

function schemasTable(): string {
  const rows: readonly (readonly [string, SchemaSubset])[] = Object.entries(SCHEMA_SUBSETS)
  const lines = rows.map(([id, row]) => {
    return `| \`${id}\` | ${REWRITES.map(([, cell]) => cell(row).replaceAll('|', '\\|')).join(' | ')} |`
  })
  const head = `| target | ${REWRITES.map(([name]) => name).join(' | ')} |`
  return [head, `|---|${REWRITES.map(() => '---|').join('')}`, ...lines].join('\n')
}

const before = readFileSync(FILE, 'utf8')
let after = before
replace('providers', providersTable())
replace('losses', lossesTable())
replace('schemas', schemasTable())
if (hasCases) {
  replace('cases', casesTable())
  replace('differences', differencesList())
  replace('read back', readBackList())
}

if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('docs/formats.md is stale. Run: npm run gen')
    process.exit(1)
  }
} else {
  writeFileSync(FILE, after)
}
