import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { keepsAndSaves, leastKept, presetFigures, sweepTable } from './preset-readme.ts'

// Compiles policies/flags.yaml and policies/presets/*/policy.yaml into JSON, so that nothing reads files at run time,
// and writes the table of flags into policies/README.md, and what presets keep and save (presets.figures.json, by
// scripts/measure-presets.ts) there and into their READMEs. `--check` writes nothing and fails when a file is stale.

const policies = new URL('../policies/', import.meta.url)
const isCheck = process.argv.includes('--check')
const DOORS = ['model', 'header', 'body', 'prompt'] as const
const FIXED_ORDERS = ['listed', 'cheapest', 'fastest', 'smallest', 'newest'] as const

const named = {
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  aliases: z.array(z.string().regex(/^[a-z][a-z0-9_]*$/)).optional(),
  kind: z.enum(['preset', 'hard', 'soft', 'option']),
  doors: z.array(z.enum(DOORS)).min(1),
  description: z.string().min(1),
  unit: z.string().optional(),
  reference: z.number().positive().optional(),
  relaxable: z.boolean().optional(),
  phrases: z.array(z.string()).optional(),
}
const shortForm = z.strictObject({ ...named, sets: z.record(z.string(), z.json()) })
const memberFlag = z.strictObject({
  ...named,
  member: z.string().regex(/^[a-z_]+(?:\.[a-z_]+)?$/),
  type: z.enum([
    'weight',
    'number',
    'integer',
    'share',
    'money',
    'milliseconds',
    'billions',
    'days',
    'tokens',
    'texts',
    'choice',
    'boolean',
    'text',
    'names',
  ]),
  least: z.number().optional(),
  most: z.number().optional(),
  choices: z.array(z.string()).optional(),
})
const flagFile = z.strictObject({ flags: z.array(z.union([shortForm, memberFlag])) })
const alias = {
  from: z.string().min(1),
  member: z.string().regex(/^[a-z_]+(?:\.[a-z_-]+)*$/),
  kind: z.enum(['hard', 'soft', 'order', 'none']),
  description: z.string().min(1),
}
const routing = z.record(z.string(), z.json())
const members = z.array(z.string()).min(1)
const aliasSchema = z.strictObject({
  aliases: z.array(
    z.discriminatedUnion('reads', [
      z.strictObject({
        ...alias,
        reads: z.literal('limit'),
        sets: members,
        factor: z.number().optional(),
        also: routing.optional(),
      }),
      z.strictObject({
        ...alias,
        reads: z.literal('slider'),
        sets: members,
        steps: z.array(z.number()).min(2),
        also: routing.optional(),
      }),
      z.strictObject({
        ...alias,
        reads: z.literal('words'),
        words: z.record(z.string(), z.union([z.string(), routing])),
      }),
      z.strictObject({ ...alias, reads: z.literal('switch'), sets: routing }),
      z.strictObject({
        ...alias,
        reads: z.enum([
          'only',
          'ignore',
          'first',
          'allowed',
          'models',
          'fallbacks',
          'alone',
          'ttft',
          'throughput',
          'nothing',
          'refused',
        ]),
      }),
    ]),
  ),
  passes: z.array(z.string()),
  providers: z.record(z.string(), z.string()),
})
const policyFile = z.strictObject({
  description: z.string().min(1),
  fixed_order: z.enum(FIXED_ORDERS),
  routing: z.record(z.string(), z.json()),
})

const { flags } = readYaml('flags.yaml', flagFile)
checkNames(flags)
write('flags.generated.json', toJson(flags))

const aliasFile = readYaml('aliases.yaml', aliasSchema)
write('aliases.generated.json', toJson(aliasFile))

// Imported only now: it reads the file written above.
const { fromBody } = await import('../src/directives/from-body.ts')
for (const flag of flags) {
  if ('sets' in flag) check(`flags.yaml, ${flag.name}`, () => fromBody(flag.sets, 'sets'))
}
for (const entry of aliasFile.aliases) {
  const objects = [
    'also' in entry ? entry.also : undefined,
    entry.reads === 'switch' ? entry.sets : undefined,
    ...(entry.reads === 'words' ? Object.values(entry.words).filter((word) => typeof word === 'object') : []),
  ]
  for (const said of objects) {
    if (said !== undefined) check(`aliases.yaml, ${entry.member}`, () => fromBody(said, 'sets'))
  }
}
const presets = readdirSync(new URL('presets/', policies)).sort()
write(
  'presets.generated.json',
  toJson(
    presets.map((name) => {
      const path = `presets/${name}/policy.yaml`
      const { description, fixed_order: fixedOrder, routing } = readYaml(path, policyFile)
      return { name, description, fixedOrder, directives: check(path, () => fromBody(routing)) }
    }),
  ),
)
const figures = presetFigures.parse(JSON.parse(readText('presets.figures.json')))
for (const name of presets) {
  const path = `presets/${name}/README.md`
  write(path, withPart(readText(path), 'figures', keepsAndSaves(name, figures)))
}
const parts = [
  ['flags', flagTable()],
  ['sweep', sweepTable(figures)],
  ['least', leastKept(figures)],
] as const
write(
  'README.md',
  parts.reduce((text, [name, part]) => withPart(text, name, part), readText('README.md')),
)

function readText(path: string): string {
  return readFileSync(new URL(path, policies), 'utf8')
}

function readYaml<Schema extends z.ZodType>(path: string, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(parse(readFileSync(new URL(path, policies), 'utf8')))
  if (parsed.success) return parsed.data
  throw new Error(`policies/${path}: ${z.prettifyError(parsed.error)}`)
}

function checkNames(entries: z.infer<typeof flagFile>['flags']): void {
  const seen = new Set<string>()
  for (const flag of entries) {
    const member = 'member' in flag && flag.member !== flag.name ? [flag.member] : []
    for (const name of [flag.name, ...(flag.aliases ?? []), ...member]) {
      if (seen.has(name)) throw new Error(`policies/flags.yaml: "${name}" stands for two flags.`)
      seen.add(name)
    }
  }
}

function check<Value>(path: string, read: () => Value): Value {
  try {
    return read()
  } catch (cause) {
    throw new Error(`policies/${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 1)}\n`
}

function write(path: string, text: string): void {
  const target = new URL(path, policies)
  if (!isCheck) writeFileSync(target, text)
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(`policies/${path} is stale. Run: npm run gen`)
    process.exitCode = 1
  }
}

function flagTable(): string {
  const rows = flags.map((flag) => {
    const sets = 'member' in flag ? `\`${flag.member}\`` : `\`${JSON.stringify(flag.sets).replaceAll('"', '')}\``
    const names = [flag.name, ...(flag.aliases ?? [])].map((name) => `\`${name}\``).join(', ')
    const reference = flag.reference === undefined ? '' : String(flag.reference)
    const cells = [names, flag.kind, sets, flag.unit ?? '', reference, flag.doors.join(', '), flag.description]
    return `| ${cells.join(' | ')} |`
  })
  const head = '| flag | kind | sets | unit | reference | doors | meaning |\n|---|---|---|---|---|---|---|'
  return `${head}\n${rows.join('\n')}`
}

/** The text with `part` between the marks of that name. */
function withPart(text: string, name: string, part: string): string {
  const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  if (!(text.includes(from) && text.includes(to))) throw new Error(`There is no ${from} … ${to} to write between.`)
  const [before = ''] = text.split(from)
  const after = text.slice(text.indexOf(to))
  return `${before}${from}\n${part}\n${after}`
}
