import type { Directives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Wishes } from '../core/said-in-body.ts'
import type { Alias, PlainReading } from './aliases.ts'
import { readFallbacks, readNames } from './fallback-lists.ts'
import { findFlag, isMemberFlag, memberFlag } from './flags.ts'
import type { AliasContext } from './from-aliases.ts'
import { overlay } from './merge.ts'
import { orderedProviders, providersBut, providersOnly } from './provider-lists.ts'
import { readJsonValue } from './read-value.ts'
import { setMember } from './set-member.ts'

/** What a member means: limits and weights, an order, and what of it was lost. */
export type Meant = {
  readonly directives?: Directives
  readonly wishes?: Wishes
  readonly losses?: readonly string[]
}

/** Reads one member of another gateway's by its entry. Throws `invalid_request`. */
export function readAlias(alias: Alias, value: JsonValue, context: AliasContext): Meant {
  switch (alias.reads) {
    case 'limit':
      return { directives: setEach(alias.sets, numberOf(alias, value), alias.factor ?? 1, alias.also, alias) }
    case 'slider':
      return { directives: setEach(alias.sets, stepOf(alias, alias.steps, value), 1, alias.also, alias) }
    case 'words':
      return readWord(alias, alias.words, value)
    case 'switch':
      return switchOf(alias, value) ? { directives: alias.sets } : {}
    default:
      return readPlain(alias, alias.reads, value, context)
  }
}

function readPlain(alias: Alias, reads: PlainReading, value: JsonValue, context: AliasContext): Meant {
  const { member } = alias
  switch (reads) {
    case 'only':
      return { directives: { models: [providersOnly(readNames(member, value), member, context.providers)] } }
    case 'ignore':
      return { directives: { models: [providersBut(readNames(member, value), member, context.providers)] } }
    case 'first':
      return readOrder(alias, value, context)
    case 'allowed':
      return { directives: { models: [readNames(member, value).map(asPattern)] } }
    case 'models':
      return readModels(alias, value, context)
    case 'fallbacks':
      return readFallbacks(member, value, context.model)
    case 'alone':
      return switchOf(alias, value) ? {} : { wishes: { isAlone: true } }
    case 'ttft': {
      const { figure, losses } = medianOf(alias, value)
      return { wishes: { ttftMs: figure * 1_000 }, losses }
    }
    case 'throughput': {
      const { figure, losses } = medianOf(alias, value)
      return { wishes: { tokensPerSecond: figure }, losses }
    }
    case 'nothing':
      return { losses: [`${alias.description} It was not sent.`] }
    case 'refused':
      if (value === false) return {}
      throw new GatewayError('invalid_request', `${member} cannot be kept. ${alias.description}`, { param: member })
    default: {
      const unhandled: never = reads
      throw new GatewayError('internal_error', 'Unknown reading.', { detail: { reads: String(unhandled) } })
    }
  }
}

/** Without fallbacks, nobody but the providers listed may be asked: an order becomes a limit. */
function readOrder({ member }: Alias, value: JsonValue, { providers, body }: AliasContext): Meant {
  const names = readNames(member, value)
  const wishes = { providers: orderedProviders(names, member, providers) }
  const settings = body['provider']
  const isClosed = isJsonObject(settings) && settings['allow_fallbacks'] === false
  return isClosed ? { wishes, directives: { models: [providersOnly(names, member, providers)] } } : { wishes }
}

// Martian's `models` are those to choose from; OpenRouter's are tried in their order.
const MARTIANS = ['max_cost', 'max_cost_per_million_tokens', 'willingness_to_pay']

/** The body says something that only Martian's users say. */
export function isMartians(body: JsonObject): boolean {
  return MARTIANS.some((name) => body[name] !== undefined && body[name] !== null)
}

function readModels({ member }: Alias, value: JsonValue, { body, model }: AliasContext): Meant {
  const names = readNames(member, value)
  if (isMartians(body)) {
    return { directives: { models: [names.map(asPattern)] } }
  }
  // Without a model of its own, the call's is the first of these.
  return { wishes: { fallbacks: model === undefined ? names.slice(1) : names } }
}

/** A model's bare name is meant at whichever provider has it. A name is no exclusion. */
function asPattern(name: string): string {
  if (name.startsWith('!')) {
    throw new GatewayError('invalid_request', 'A pattern of models to choose from cannot begin with "!".')
  }
  return name.includes('/') || name === '*' ? name : `*/${name}`
}

function setEach(
  members: readonly string[],
  figure: number,
  factor: number,
  also: Directives = {},
  { member }: Alias,
): Directives {
  return members.reduce((said: Directives, name) => {
    const flag = memberFlag(name)
    if (flag === undefined) throw new GatewayError('internal_error', `No flag sets ${name}.`)
    // 0.1 * 3 is not 0.3 in binary; twelve digits are.
    const scaled = Number((figure * factor).toPrecision(12))
    return overlay(said, setMember(name, readJsonValue(flag, scaled, { what: member, param: member })))
  }, also)
}

function numberOf({ member }: Alias, value: JsonValue): number {
  // OpenRouter takes prices as texts too, as it writes them itself.
  const figure = typeof value === 'string' && /^\d*\.?\d+$/.test(value) ? Number(value) : value
  if (typeof figure === 'number' && Number.isFinite(figure)) return figure
  throw new GatewayError('invalid_request', `${member} must be a number.`, { param: member })
}

function stepOf(alias: Alias, steps: readonly number[], value: JsonValue): number {
  const { member } = alias
  const most = steps.length - 1
  const at = numberOf(alias, value)
  const low = steps[Math.floor(at)]
  const high = steps[Math.ceil(at)]
  if (low !== undefined && high !== undefined) return low + (high - low) * (at - Math.floor(at))
  throw new GatewayError('invalid_request', `${member} must be a number from 0 to ${most}.`, { param: member })
}

function readWord({ member }: Alias, words: Readonly<Record<string, string | Directives>>, value: JsonValue): Meant {
  // OpenRouter's `sort` may be an object; among how many it sorts follows from the model's name here.
  const isObject = isJsonObject(value) && member === 'provider.sort'
  const word = String(isObject ? value['by'] : value)
  if (!Object.hasOwn(words, word)) {
    const known = Object.keys(words).map((one) => `"${one}"`)
    throw new GatewayError('invalid_request', `${member} must be ${known.join(' or ')}.`, { param: member })
  }
  const meant = words[word] ?? {}
  const losses = isObject && value['partition'] !== undefined ? ['partition: a list of models keeps its order'] : []
  return { directives: typeof meant === 'string' ? directivesOf(meant) : meant, losses }
}

function directivesOf(name: string): Directives {
  const flag = findFlag(name, 'model')
  if (flag !== undefined && !isMemberFlag(flag)) return flag.sets
  throw new GatewayError('internal_error', `No flag is called ${name}.`)
}

function switchOf({ member }: Alias, value: JsonValue): boolean {
  if (typeof value === 'boolean') return value
  throw new GatewayError('invalid_request', `${member} must be true or false.`, { param: member })
}

/** A figure, or one a percentile: `{"p50": 1, "p90": 3}`. */
function medianOf(alias: Alias, value: JsonValue): { readonly figure: number; readonly losses: readonly string[] } {
  if (!isJsonObject(value)) return { figure: numberOf(alias, value), losses: [] }
  const [name, figure] = ['p50', 'p75', 'p90', 'p99'].map((key) => [key, value[key]] as const).find(isSaid) ?? []
  if (name === undefined || figure === undefined) {
    throw new GatewayError('invalid_request', `${alias.member} must be a number, or name p50.`, { param: alias.member })
  }
  const isMedian = name === 'p50' && Object.keys(value).length === 1
  return {
    figure: numberOf(alias, figure),
    losses: isMedian ? [] : [`only medians are measured; ${name} was taken as one`],
  }
}

function isSaid([, value]: readonly [string, JsonValue | undefined]): boolean {
  return value !== undefined && value !== null
}
