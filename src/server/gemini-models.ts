import { GatewayError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { Snapshot } from '../core/snapshot.ts'
import type { Facts } from '../core/target.ts'
import { listModels } from './models.ts'

const CHAT_METHODS = ['generateContent', 'countTokens']

/**
 * Every name that `GET /v1/models` lists, as Google lists its models. All at once, unless `pageSize` asks for less; a
 * page's token is where it begins. https://ai.google.dev/api/models#method:-models.list
 */
export function listGeminiModels(snapshot: Snapshot, query: URLSearchParams): JsonObject {
  const all = listModels(snapshot).map(({ id }) => id)
  const start = numberIn(query, 'pageToken') ?? 0
  const size = numberIn(query, 'pageSize') ?? 0
  const end = size === 0 ? all.length : start + size
  const models = all.slice(start, end).map((id) => geminiModelObject(id, snapshot))
  return end < all.length ? { models, nextPageToken: String(end) } : { models }
}

/** One of them by its name, with or without `models/`. Throws `model_not_found`. */
export function findGeminiModel(snapshot: Snapshot, name: string): JsonObject {
  const id = name.replace(/^models\//, '')
  if (listModels(snapshot).some((model) => model.id === id)) return geminiModelObject(id, snapshot)
  throw new GatewayError(
    'model_not_found',
    `The model "${id.slice(0, 100)}" is not configured. GET /v1beta/models lists every name.`,
  )
}

/** https://ai.google.dev/api/models#Model */
function geminiModelObject(id: string, snapshot: Snapshot): JsonObject {
  const facts: Facts = snapshot.targets.get(snapshot.aliases.get(id) ?? id)?.facts ?? {}
  const { context_tokens: input, max_output_tokens: output, reasoning, released, modalities_out: answers } = facts
  const isChat = answers === undefined || answers.some((modality) => modality !== 'embedding')
  return {
    name: `models/${id}`,
    displayName: id,
    ...(released === undefined ? {} : { version: released }),
    ...(input === undefined ? {} : { inputTokenLimit: input }),
    ...(output === undefined ? {} : { outputTokenLimit: output }),
    ...(reasoning === undefined ? {} : { thinking: reasoning }),
    supportedGenerationMethods: isChat ? CHAT_METHODS : [],
  }
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  const said = query.get(name)
  if (said === null || said === '') return undefined
  if (/^\d{1,9}$/.test(said)) return Number(said)
  throw new GatewayError('invalid_request', `${name} must be a number of 0 or more as this list gave or took it.`, {
    param: name,
  })
}
