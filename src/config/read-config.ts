import type { YAMLParseError } from 'yaml'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { nearest } from '../core/nearest.ts'
import { table } from '../core/table.ts'
import type { Config } from './config-schema.ts'
import { configSchema } from './config-schema.ts'
import type { Problem } from './problem.ts'

export type ReadConfig = { readonly config: Config } | { readonly problems: readonly Problem[] }

/** The text of thalamus.yaml, checked. All problems at once, each with its path and a remedy. */
export function readConfig(text: string): ReadConfig {
  const value = readYaml(text)
  if ('problems' in value) return value
  const parsed = configSchema.safeParse(value.value ?? {})
  return parsed.success ? { config: parsed.data } : { problems: schemaProblems(parsed.error) }
}

function readYaml(text: string): { readonly value: unknown } | { readonly problems: readonly Problem[] } {
  // Without pretty errors: they quote the line, and there may be a secret on it.
  const lines = new LineCounter()
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, logLevel: 'error' })
  if (document.errors.length > 0) return { problems: document.errors.map((error) => syntaxProblem(error, lines)) }
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) }
  } catch {
    // An alias without an anchor, or so many that they are an attack.
    const remedy = 'Give each *alias one &anchor before it, or write the value out.'
    return { problems: [{ path: 'file', problem: 'its YAML aliases cannot be resolved', remedy }] }
  }
}

function syntaxProblem(error: YAMLParseError, lines: LineCounter): Problem {
  const { line, col } = lines.linePos(error.pos[0])
  return { path: `line ${line}, column ${col}`, problem: syntaxText(error), remedy: 'Correct the YAML there.' }
}

/** The parser's own words, without what they quote from the file. */
function syntaxText(error: YAMLParseError): string {
  const [first = ''] = error.message.split('\n')
  return first.replace(/:? ?["'`*&!].*$/, '').replace(/:$/, '') || `YAML error ${error.code}`
}

/** What is wrong with a value of one of the configuration's schemas: where, what, and what to do. */
export function schemaProblems(error: z.core.$ZodError, schema: z.ZodType = configSchema): Problem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, schema))
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType): Problem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, issue.path, schema))
  if (issue.code === 'invalid_key') return issue.issues.map((inner) => problemOf(inner, issue.path))
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.toSorted((a, b) => deepest(b) - deepest(a))[0] ?? []
    if (deepest(inner) > 0)
      return inner.flatMap((one) => problemsOf({ ...one, path: [...issue.path, ...one.path] }, schema))
  }
  return [problemOf(issue, issue.path)]
}

function problemOf(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): Problem {
  const [problem, remedy] = describe(issue)
  return { path: path.length === 0 ? 'file' : pathText(path), problem, remedy }
}

/** What is wrong and what to do; never the value itself, which may be a misplaced secret. */
function describe(issue: z.core.$ZodIssue): readonly [problem: string, remedy: string] {
  const [message = '', ownRemedy] = issue.message.split('\n')
  if (ownRemedy !== undefined) return [message, ownRemedy]
  switch (issue.code) {
    case 'invalid_type': {
      const received = /received (\w+)$/.exec(message)?.[1] ?? 'something else'
      if (received === 'undefined') return ['missing', 'Add it.']
      const kind = KINDS[issue.expected] ?? issue.expected
      if (received === 'null') return ['has no value', `Write ${kind}, or remove the key.`]
      return [`is ${KINDS[received] ?? received}, not ${kind}`, `Write ${kind}.`]
    }
    case 'invalid_value':
      return ['not one of the choices', `Use one of: ${issue.values.join(', ')}.`]
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return ['empty', 'Give it a value, or remove the key.']
      return ['too small', `Use ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}.`]
    case 'too_big':
      return ['too large', `Use at most ${issue.maximum}.`]
    default:
      return [message, 'thalamus.schema.json says what is expected there.']
  }
}

const KINDS = table<string>({
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
})

function unknownKey(key: string, path: readonly PropertyKey[], schema: z.ZodType): Problem {
  // `{key:sk-…}` without the space is one long key: what follows the colon may be a secret.
  const name = /^[^:\s]*/.exec(key)?.[0] ?? ''
  if (name !== key) {
    return {
      path: pathText([...path, name === '' ? 'a key' : name]),
      problem: 'unknown key',
      remedy: 'Write a space after the colon.',
    }
  }
  const known = knownKeys(path, schema)
  const [near] = key === '' ? [] : nearest(key, known, 1)
  const otherwise = known.length === 0 ? 'Remove it.' : `Remove it, or use one of: ${known.join(', ')}.`
  return {
    path: pathText([...path, key]),
    problem: 'unknown key',
    remedy: near === undefined ? otherwise : `Did you mean "${near}"?`,
  }
}

/** The member of a union that got furthest is the one that was meant. */
function deepest(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)))
}

/** The keys that may stand at `path`, from the schema itself. */
function knownKeys(path: readonly PropertyKey[], root: z.ZodType): string[] {
  let schema: unknown = root
  for (const step of path) schema = memberOf(schema, step)
  const shape = shapeOf(schema)
  return shape === undefined ? [] : Object.keys(shape)
}

function memberOf(schema: unknown, step: PropertyKey): unknown {
  const inner = unwrap(schema)
  const shape = shapeOf(inner)
  if (shape !== undefined) return shape[String(step)]
  const definition = definitionOf(inner)
  return definition?.['valueType'] ?? definition?.['element']
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  const inner = unwrap(schema)
  const definition = definitionOf(inner)
  if (definition?.['type'] === 'object') return definition['shape'] as Record<string, unknown>
  if (definition?.['type'] === 'union') {
    for (const option of definition['options'] as unknown[]) {
      const shape = shapeOf(option)
      if (shape !== undefined) return shape
    }
  }
  return undefined
}

function unwrap(schema: unknown): unknown {
  let inner = schema
  for (;;) {
    const definition = definitionOf(inner)
    const next = definition?.['innerType'] ?? definition?.['in']
    if (next === undefined) return inner
    inner = next
  }
}

function definitionOf(schema: unknown): Record<string, unknown> | undefined {
  return (schema as { readonly def?: Record<string, unknown> } | undefined)?.def
}

/** `models[2].facts.license` */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    const name = step === '' ? '""' : String(step)
    return text === '' ? name : `${text}.${name}`
  }, '')
}
