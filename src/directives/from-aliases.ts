import type { Directives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Wishes } from '../core/said-in-body.ts'
import type { Snapshot } from '../core/snapshot.ts'
import type { Loss } from '../core/wire-format.ts'
import type { Meant } from './alias-readers.ts'
import { readAlias } from './alias-readers.ts'
import type { Alias } from './aliases.ts'
import { aliases } from './aliases.ts'
import { overlay } from './merge.ts'

/** What a body is read with. */
export type AliasContext = Pick<Snapshot, 'providers'> & {
  /** The call's model, as said. */
  readonly model: string | undefined
  readonly body: JsonObject
}

export type FromAliases = {
  readonly directives: Directives
  readonly wishes: Wishes
  readonly warnings: readonly Loss[]
}

/**
 * What members of other gateways mean here (policies/aliases.yaml). Throws `invalid_request` for a value that theirs would
 * not take either, and where ignoring one would break a promise. What has no counterpart is a warning.
 */
export function fromAliases(members: readonly string[], context: AliasContext): FromAliases {
  const found = new Map<string, JsonValue>()
  const warnings: Loss[] = []
  for (const name of members) {
    const value = context.body[name]
    if (value === undefined || value === null) continue
    collect(name, name === 'plugins' ? byId(value) : value, found, warnings)
  }
  let directives: Directives = {}
  let wishes: Wishes = {}
  // In the file's order, whatever the body's is.
  for (const alias of aliases) {
    const value = found.get(alias.member)
    if (value === undefined) continue
    const meant: Meant = readAlias(alias, value, context)
    directives = overlay(directives, meant.directives ?? {})
    wishes = { ...wishes, ...meant.wishes }
    warnings.push(...(meant.losses ?? []).map((reason): Loss => ({ path: alias.member, reason })))
  }
  return { directives, wishes: withOrderKept(wishes, found), warnings }
}

/** OpenRouter tries nobody beside `order` when fallbacks are off: then the order is no wish of one model alone. */
function withOrderKept(wishes: Wishes, found: ReadonlyMap<string, JsonValue>): Wishes {
  if (wishes.isAlone !== true || !found.has('provider.order')) return wishes
  const { isAlone: _, ...rest } = wishes
  return rest
}

function collect(path: string, value: JsonValue, found: Map<string, JsonValue>, warnings: Loss[]): void {
  if (byMember().has(path)) {
    found.set(path, value)
    return
  }
  if (!isGroup(path)) {
    warnings.push({ path: path.slice(0, 120), reason: 'nothing here is like it; it was not sent' })
    return
  }
  if (!isJsonObject(value)) {
    throw new GatewayError('invalid_request', `${path} must be an object.`, { param: path })
  }
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined || inner === null || (name === 'id' && path.startsWith('plugins.'))) continue
    collect(`${path}.${name}`, inner, found, warnings)
  }
}

/** `[{id: "web"}]` ▶ `{web: {…}}`. Of two with one id, what the first limits would be lost. */
function byId(plugins: JsonValue): JsonValue {
  if (!Array.isArray(plugins)) {
    throw new GatewayError('invalid_request', 'plugins must be a list.', { param: 'plugins' })
  }
  const seen = new Set<string>()
  return Object.fromEntries(
    (plugins as readonly JsonValue[]).map((plugin, index) => {
      const id = isJsonObject(plugin) ? plugin['id'] : undefined
      const problem = typeof id !== 'string' ? 'must be a text' : seen.has(id) ? 'stands in plugins twice' : undefined
      if (problem === undefined && typeof id === 'string') {
        seen.add(id)
        return [id, plugin]
      }
      const param = `plugins[${index}].id`
      throw new GatewayError('invalid_request', `${param} ${problem}.`, { param })
    }),
  )
}

let index: ReadonlyMap<string, Alias> | undefined

function byMember(): ReadonlyMap<string, Alias> {
  index ??= new Map(aliases.map((alias) => [alias.member, alias]))
  return index
}

function isGroup(path: string): boolean {
  return aliases.some(({ member }) => member.startsWith(`${path}.`))
}
