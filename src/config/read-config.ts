import { parseDocument } from 'yaml'
import type { z } from 'zod'
import { nearest } from '../core/nearest.ts'
import type { Config } from './config-schema.ts'
import { configSchema } from './config-schema.ts'
import type { Problem } from './problem.ts'

export type ReadConfig = { readonly config: Config } | { readonly problems: readonly Problem[] }

/** The text of thalamus.yaml, checked. All problems at once, each with its path and a remedy. */
export function readConfig(text: string): ReadConfig {
  const document = parseDocument(text, { prettyErrors: true })
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map((error) => {
        const at = error.linePos?.[0]
        const path = at === undefined ? 'file' : `line ${at.line}, column ${at.col}`
        return { path, problem: error.message.split('\n')[0] ?? error.message, remedy: 'Correct the YAML there.' }
      }),
    }
  }
  const parsed = configSchema.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {})
  return parsed.success ? { config: parsed.data } : { problems: parsed.error.issues.flatMap(problemsOf) }
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const [near] = nearest(key, knownKeys(issue.path), 1)
      return {
        path: pathText([...issue.path, key]),
        problem: 'unknown key',
        remedy:
          near === undefined
            ? 'Remove it, or see thalamus.schema.json for the keys there are.'
            : `Did you mean "${near}"?`,
      }
    })
  }
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.toSorted((a, b) => deepest(b) - deepest(a))[0] ?? []
    if (deepest(inner) > 0) return inner.flatMap((one) => problemsOf({ ...one, path: [...issue.path, ...one.path] }))
  }
  return [{ path: pathText(issue.path), problem: issue.message, remedy: remedyFor(issue) }]
}

/** The member of a union that got furthest is the one that was meant. */
function deepest(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)))
}

function remedyFor(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Write a value of type ${issue.expected}.`
    case 'invalid_value':
      return `Use one of: ${issue.values.join(', ')}.`
    case 'too_small':
    case 'too_big':
      return 'Use a value within the bounds.'
    default:
      return 'See thalamus.schema.json for what is expected there.'
  }
}

/** The keys that may stand at `path`, from the schema itself. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = configSchema
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
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  )
}
