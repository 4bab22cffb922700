import type { PlacedGuard } from '../../src/core/guard.ts'
import type { GuardSettings } from '../../src/core/guard-settings.ts'
import { bearerPost } from '../../src/core/provider.ts'
import { openGuard } from '../../src/guards/index.ts'
import { providers } from '../../src/providers/index.ts'

// What a gateway is started with, from one runtime to another: data as it stands, what is built in by its name.

const guardSettings = new WeakMap<object, GuardSettings>()

/** A guard that can be sent on. */
export function sendableGuard(settings: GuardSettings): PlacedGuard {
  const guard = openGuard(settings)
  guardSettings.set(guard, settings)
  return guard
}

/** Why something cannot be sent. */
export class NotSendable extends Error {}

/** Of a function that is built in: the provider it belongs to and where it stands there. */
function nameOf(value: unknown, path: string): readonly string[] {
  if (value === bearerPost) return ['bearerPost']
  for (const [id, provider] of providers) {
    for (const [member, own] of Object.entries(provider)) {
      if (own === value) return [id, member]
      if (typeof own !== 'object') continue
      for (const [name, inner] of Object.entries(own)) if (inner === value) return [id, member, name]
    }
  }
  throw new NotSendable(`${path} is a function of the test's own`)
}

function named([id, ...path]: readonly string[]): unknown {
  if (id === 'bearerPost') return bearerPost
  return path.reduce<unknown>((found, name) => (found as Record<string, unknown>)[name], providers.get(id ?? ''))
}

export function encode(value: unknown): string {
  return JSON.stringify(tagged(value, ''))
}

export function decode(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => (isTagged(value) ? untagged(value) : value))
}

type Tagged = { readonly $: string; readonly of: never }

function isTagged(value: unknown): value is Tagged {
  return typeof value === 'object' && value !== null && '$' in value && 'of' in value
}

function tagged(value: unknown, path: string): unknown {
  if (typeof value === 'function') return { $: 'function', of: nameOf(value, path) }
  if (typeof value === 'number' && !Number.isFinite(value)) return { $: 'number', of: String(value) }
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map)
    return { $: 'map', of: [...value].map(([key, one]) => [key, tagged(one, `${path}.${key}`)]) }
  if (value instanceof Set) return { $: 'set', of: [...value] }
  if (value instanceof Uint8Array) return { $: 'bytes', of: [...value] }
  if (value instanceof Float32Array) return { $: 'floats', of: [...value] }
  if (Array.isArray(value)) return value.map((one, index) => tagged(one, `${path}[${index}]`))
  const settings = guardSettings.get(value)
  if (settings !== undefined) return { $: 'guard', of: settings }
  if ('id' in value && providers.get(String(value.id)) === value) return { $: 'provider', of: value.id }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, tagged(one, `${path}.${name}`)]))
}

function untagged({ $: kind, of }: Tagged): unknown {
  switch (kind) {
    case 'number':
      return Number(of)
    case 'map':
      return new Map(of)
    case 'set':
      return new Set(of)
    case 'function':
      return named(of)
    case 'bytes':
      return Uint8Array.from(of)
    case 'floats':
      return Float32Array.from(of)
    case 'guard':
      return openGuard(of)
    case 'provider':
      return providers.get(of)
    default:
      throw new Error(`What is a ${kind}?`)
  }
}
