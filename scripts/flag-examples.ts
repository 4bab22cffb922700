import type { Door } from '../src/core/directives.ts'
import type { JsonObject, JsonValue } from '../src/core/json.ts'
import type { Alias } from '../src/directives/aliases.ts'
import type { Flag, MemberFlag } from '../src/directives/flags.ts'
import { isMemberFlag } from '../src/directives/flags.ts'

/** How a flag is written at one door, as docs/flags.md shows it, and the call that says so. */
export type Example = {
  readonly door: Door
  readonly written: string
  readonly body: JsonObject
  readonly routeHeader?: string
}

export const PROMPT = 'Prove that the square root of 2 is irrational.'

/** Values that tell models of the pool apart, where those of the type do not. */
const VALUES: Readonly<Record<string, JsonValue>> = {
  preset: 'cheap',
  willingness_to_pay: 0.0001,
  max_cost: 0.001,
  max_price_in: 0.5,
  max_price_out: 2,
  max_latency: 10_000,
  max_ttft: 500,
  max_params: 80,
  max_age: 400,
  max_output: 1_500,
  band: 10,
  min_quality: 0.5,
  risk: 'low',
  region: ['us', 'eu'],
  retention: 'limited',
  training: 'opt-in',
  license: ['apache-2.0', 'mit'],
  security: 3,
  context: 200_000,
  models: ['openai/*', '!*nano'],
  session: 'abc123',
  relax: ['latency_ms', 'cost_usd'],
}

/** One example a door that takes the flag. */
export function examplesOf(flag: Flag): Example[] {
  return flag.doors.flatMap((door) => exampleAt(flag, door))
}

function exampleAt(flag: Flag, door: Door): Example[] {
  const base = { model: 'auto', messages: [{ role: 'user', content: PROMPT }] }
  switch (door) {
    case 'model': {
      const model = `auto:${named(flag, modelValue)}`
      return [{ door, written: `"model": "${model}"`, body: { ...base, model } }]
    }
    case 'header': {
      const routeHeader = isMemberFlag(flag) ? `${flag.member}${equals(flag, headerValue)}` : flag.name
      return [{ door, written: `x-route: ${routeHeader}`, body: base, routeHeader }]
    }
    case 'body': {
      if (!isMemberFlag(flag)) return []
      const routing = nested(flag.member, exampleValue(flag))
      return [{ door, written: `"routing": ${spaced(routing)}`, body: { ...base, routing } }]
    }
    case 'prompt':
      return [...new Set([named(flag, promptValue), ...(flag.phrases ?? []).slice(-1)])].map((said) => {
        const line = `[flag: ${said}]`
        return { door, written: line, body: { ...base, messages: [{ role: 'user', content: `${PROMPT}\n${line}` }] } }
      })
    default:
      return []
  }
}

/** What a member of another gateway's body looks like. */
export function foreignExample({ member, ...alias }: Alias): JsonObject {
  const value = foreignValue(member, alias.reads)
  if (!member.startsWith('plugins.')) return nested(member, value)
  const [, id = '', name = ''] = member.split('.')
  return { plugins: [{ id, [name]: value }] }
}

function foreignValue(member: string, reads: Alias['reads']): JsonValue {
  const given = FOREIGN[member]
  if (given !== undefined) return given
  if (reads === 'switch' || reads === 'refused') return true
  throw new Error(`scripts/flag-examples.ts has no value for ${member}.`)
}

const FOREIGN: Readonly<Record<string, JsonValue>> = {
  'provider.data_collection': 'deny',
  'provider.only': ['anthropic', 'google-ai-studio'],
  'provider.ignore': ['openai'],
  'provider.max_price.prompt': 0.5,
  'provider.max_price.completion': 2,
  'provider.max_price.request': 0.01,
  'provider.max_price.image': 0.01,
  'provider.max_price.audio': 0.01,
  'provider.sort': 'price',
  'provider.order': ['anthropic', 'openai'],
  'provider.allow_fallbacks': false,
  'provider.preferred_max_latency': 0.5,
  'provider.preferred_min_throughput': 150,
  'provider.quantizations': ['fp8'],
  models: ['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5'],
  route: 'fallback',
  'plugins.auto-router.allowed_models': ['anthropic/*'],
  'plugins.auto-router.cost_quality_tradeoff': 7,
  'plugins.auto-router.enabled': true,
  max_cost: 0.001,
  max_cost_per_million_tokens: 2,
  willingness_to_pay: 0.001,
  fallbacks: ['openai/gpt-5-mini'],
  tradeoff: 'cost',
  preference_id: 'abc',
}

function named(flag: Flag, write: (value: JsonValue) => string): string {
  return `${flag.name}${isMemberFlag(flag) ? equals(flag, write) : ''}`
}

function equals(flag: MemberFlag, write: (value: JsonValue) => string): string {
  const value = exampleValue(flag)
  return value === true ? '' : `=${write(value)}`
}

function exampleValue(flag: MemberFlag): JsonValue {
  const given = VALUES[flag.name]
  if (given !== undefined) return given
  switch (flag.type) {
    case 'weight':
      return 4
    case 'boolean':
      return true
    case 'choice':
      return flag.choices?.[0] ?? ''
    case 'texts':
    case 'names':
      return ['x']
    case 'text':
      return 'x'
    default:
      return Math.max(1, flag.least ?? 1)
  }
}

function modelValue(value: JsonValue): string {
  return Array.isArray(value) ? value.join(',') : String(value)
}

function headerValue(value: JsonValue): string {
  if (Array.isArray(value)) return `(${value.map((one) => `"${one}"`).join(' ')})`
  return typeof value === 'string' ? `"${value}"` : String(value)
}

function promptValue(value: JsonValue): string {
  return Array.isArray(value) ? `(${value.map((one) => `"${one}"`).join(' ')})` : String(value)
}

function nested(member: string, value: JsonValue): JsonObject {
  return member.split('.').reduceRight<JsonValue>((inner, name) => ({ [name]: inner }), value) as JsonObject
}

/** JSON as people write it on one line. */
export function spaced(value: JsonValue): string {
  return JSON.stringify(value, undefined, 1).replaceAll(/\n\s*/g, ' ')
}
