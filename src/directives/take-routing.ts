import type { Directives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { PlaceEdit } from '../core/json-place.ts'
import type { SaidInBody } from '../core/said-in-body.ts'
import type { Principal, Snapshot } from '../core/snapshot.ts'
import type { UserTurn } from '../core/user-turn.ts'
import { isMartians } from './alias-readers.ts'
import { foreignMembers, openRouterMembers } from './aliases.ts'
import { fromAliases } from './from-aliases.ts'
import { fromBody } from './from-body.ts'
import { overlay } from './merge.ts'
import { resolveName } from './resolve-name.ts'
import type { TakenFlags } from './take-prompt-flags.ts'
import { takePromptFlags } from './take-prompt-flags.ts'

export type RoutingSource = {
  /** What the user wrote in the body, turn by turn. */
  readonly turns: (body: JsonObject) => readonly UserTurn[]
  /** The model's name where the path says it. */
  readonly pathModel: string | undefined
  readonly principal: Pick<Principal, 'promptFlags'>
  readonly snapshot: Snapshot
}

/** What a body said of routing, and how to make it the body that goes on. */
export type TakenRouting = {
  readonly said: SaidInBody
  /** Members of the body that are for the gateway alone. */
  readonly members: readonly string[]
  /** Changes inside of other members. */
  readonly edits: readonly PlaceEdit[]
  /** The first of `models` to try, or `auto` among those to choose from, where the body names no model beside them. */
  readonly model: string | undefined
}

/** Members in which SDKs that drop unknown fields let `routing` through. */
const CARRIERS = ['metadata', 'extra_body'] as const

/**
 * Everything that a body says of routing, beside its model's name; `undefined` when that is nothing, as of nearly every
 * body. Throws `invalid_request` and `unknown_flag`.
 */
export function takeRouting(body: JsonObject, source: RoutingSource): TakenRouting | undefined {
  const members = foreignMembers.filter((name) => body[name] !== undefined)
  const carriers = CARRIERS.filter((name) => carried(body, name) !== undefined)
  const isSaid = body['routing'] !== undefined
  const flags = promptFlags(body, source)
  if (members.length === 0 && carriers.length === 0 && !isSaid && flags === undefined) return undefined

  const model = stringOf(body['model']) ?? source.pathModel
  const kept = keptMembers(members, model, body, source.snapshot)
  const foreign = members.filter((name) => !kept.has(name))
  const { providers } = source.snapshot
  const meant = fromAliases(foreign, { model, body, providers })
  const carriedParts = carriers.map((name) =>
    fromBody(parsed(carried(body, name), `${name}.routing`), `${name}.routing`),
  )
  const own = isSaid && body['routing'] !== null ? [fromBody(body['routing'] as JsonValue)] : []
  return {
    said: {
      body: [meant.directives, ...carriedParts, ...own].reduce(overlay, {} satisfies Directives),
      prompt: flags?.directives ?? {},
      wishes: meant.wishes,
      warnings: [...meant.warnings, ...(flags?.warnings ?? [])],
      kept: members.filter((name) => kept.has(name)),
    },
    members: [...foreign, ...(isSaid ? ['routing'] : []), ...carriers.filter((name) => isCarrierOnly(body, name))],
    edits: [
      ...carriers
        .filter((name) => !isCarrierOnly(body, name))
        .map((name): PlaceEdit => ({ place: [name, 'routing'], value: undefined })),
      ...(flags?.edits ?? []),
    ],
    model: model === undefined ? firstModel(body) : undefined,
  }
}

function promptFlags(body: JsonObject, { principal, turns }: RoutingSource): TakenFlags | undefined {
  return principal.promptFlags === 'off' ? undefined : takePromptFlags(turns(body), principal.promptFlags)
}

/** OpenRouter's own members reach OpenRouter, where it alone is asked and by its model's name. */
function keptMembers(
  members: readonly string[],
  model: string | undefined,
  body: JsonObject,
  snapshot: Snapshot,
): ReadonlySet<string> {
  const none: ReadonlySet<string> = new Set()
  if (model === undefined || members.length === 0 || isSaidAt(body, 'fallbacks')) return none
  const { choice } = resolveName(model, snapshot)
  const target = choice.type === 'target' ? snapshot.targets.get(choice.id) : undefined
  const provider = target === undefined ? undefined : snapshot.providers.get(target.provider)
  return provider?.provider.id === 'openrouter' ? openRouterMembers : none
}

function carried(body: JsonObject, name: string): JsonValue | undefined {
  const carrier = body[name]
  return isJsonObject(carrier) ? carrier['routing'] : undefined
}

/** Nothing but `routing` is in it, and it goes as a whole: not every upstream takes an empty one. */
function isCarrierOnly(body: JsonObject, name: string): boolean {
  const carrier = body[name]
  return isJsonObject(carrier) && Object.keys(carrier).length === 1
}

/** Where a provider's metadata are texts, SDKs let only those through. */
function parsed(value: JsonValue | undefined, path: string): JsonValue {
  if (typeof value !== 'string') return value ?? {}
  try {
    return JSON.parse(value) as JsonValue
  } catch {
    throw new GatewayError('invalid_request', `${path} must be an object or its JSON text.`, { param: path })
  }
}

function firstModel(body: JsonObject): string | undefined {
  const { models } = body
  if (isMartians(body)) return Array.isArray(models) ? 'auto' : undefined
  const [first] = Array.isArray(models) ? (models as readonly JsonValue[]) : []
  return stringOf(first)
}

function isSaidAt(body: JsonObject, name: string): boolean {
  return body[name] !== undefined && body[name] !== null
}

function stringOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
