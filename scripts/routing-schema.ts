import type { MemberFlag } from '../src/directives/flags.ts'
import { flags, isMemberFlag, relaxableNames } from '../src/directives/flags.ts'

type Schema = { readonly [name: string]: unknown }

/** The JSON Schema of the body's `routing` object, from policies/flags.yaml: what `src/directives/from-body.ts` accepts. */
export function routingSchema(): Schema {
  const properties: Record<string, Schema> = {}
  const groups = new Map<string, Record<string, Schema>>()
  for (const flag of flags) {
    if (!isMemberFlag(flag) || !flag.doors.includes('body')) continue
    const dot = flag.member.indexOf('.')
    const schema = orNull({ description: describe(flag), ...valueSchema(flag) })
    if (dot < 0) properties[flag.member] = schema
    else {
      const group = flag.member.slice(0, dot)
      groups.set(group, { ...groups.get(group), [flag.member.slice(dot + 1)]: schema })
    }
  }
  for (const [name, members] of groups) {
    properties[name] = orNull({ type: 'object', properties: members, additionalProperties: false })
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'routing',
    description: 'What a caller asks of routing: the member `routing` of a chat body.',
    type: 'object',
    properties,
    additionalProperties: false,
  }
}

function describe({ description, unit, reference }: MemberFlag): string {
  const figure = unit === undefined ? '' : ` Unit: ${unit}.`
  return `${description}${figure}${reference === undefined ? '' : ` Reference: ${reference}.`}`
}

/** `null` is "not said". */
function orNull(schema: Schema): Schema {
  const { description, ...rest } = schema
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, { type: 'null' }] }
}

function valueSchema(flag: MemberFlag): Schema {
  const { least, most, choices = [] } = flag
  const bounds = {
    ...(least === undefined ? {} : { minimum: least }),
    ...(most === undefined ? {} : { maximum: most }),
  }
  switch (flag.type) {
    case 'weight':
      return { anyOf: [{ type: 'number', ...bounds }, anyCase(['low', 'med', 'medium', 'high'])] }
    case 'integer':
      return { type: 'integer', ...bounds }
    case 'number':
    case 'share':
    case 'money':
    case 'milliseconds':
    case 'billions':
    case 'days':
    case 'tokens':
      return { type: 'number', ...bounds }
    case 'boolean':
      return { type: 'boolean' }
    case 'text':
      return TEXT
    case 'texts':
      return { anyOf: [TEXT, { type: 'array', items: TEXT, minItems: 1, maxItems: 100 }] }
    case 'choice':
      return anyCase([...new Set(choices.flatMap((choice) => [choice, choice.replaceAll('-', '_')]))])
    case 'names':
      return { anyOf: [NAMES, { type: 'array', items: NAMES, maxItems: 100 }] }
    default: {
      const unhandled: never = flag.type
      throw new Error(`No schema for the type ${String(unhandled)}.`)
    }
  }
}

const NAMES: Schema = { enum: relaxableNames() }
const TEXT: Schema = { type: 'string', minLength: 1, maxLength: 200 }

/** Lower case is what editors complete; any case is accepted. */
function anyCase(words: readonly string[]): Schema {
  const pattern = words.map((word) => [...word].map(eitherCase).join('')).join('|')
  return { anyOf: [{ enum: words }, { type: 'string', pattern: `^(?:${pattern})$` }] }
}

function eitherCase(letter: string): string {
  return letter === letter.toUpperCase() ? letter : `[${letter}${letter.toUpperCase()}]`
}
