import { GatewayError } from '../core/errors.ts'
import type { JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Meant } from './alias-readers.ts'

const MOST = 20
const MAX_NAME = 200

/** A list of names: providers, models or patterns of them. One name may stand without a list. */
export function readNames(member: string, value: JsonValue): readonly string[] {
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [value as JsonValue]
  if (list.length > MOST) throw wrong(member, `has more than ${MOST} names`)
  return list.map((name) => {
    if (typeof name === 'string' && name !== '' && name.length <= MAX_NAME) return name
    throw wrong(member, 'must be a list of names')
  })
}

/**
 * LiteLLM's `fallbacks`: names, objects with a `model` and parameters of their own, or lists by the model's name for which
 * they stand in (`*` for any). https://docs.litellm.ai/docs/proxy/reliability
 */
export function readFallbacks(member: string, value: JsonValue, model: string | undefined): Meant {
  const losses: string[] = []
  const entries: readonly JsonValue[] = Array.isArray(value) ? value : [value as JsonValue]
  if (entries.length > MOST) throw wrong(member, `has more than ${MOST} entries`)
  const names = entries.flatMap((entry): readonly string[] => {
    if (typeof entry === 'string') return readNames(member, entry)
    if (!isJsonObject(entry)) throw wrong(member, 'must be a list of names or objects')
    const { model: name, ...others } = entry
    if (typeof name === 'string') {
      const said = Object.keys(others).join(', ').slice(0, 100)
      if (said !== '') losses.push(`${said}: a model tried later gets the same request`)
      return readNames(member, name)
    }
    return Object.entries(entry).flatMap(([standsFor, list]) =>
      list !== undefined && (standsFor === model || standsFor === '*') ? readNames(member, list) : [],
    )
  })
  if (names.length > MOST) throw wrong(member, `has more than ${MOST} names`)
  return { wishes: { fallbacks: names }, losses }
}

function wrong(member: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', `${member} ${problem}.`, { param: member })
}
