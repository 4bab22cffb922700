import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Rejection, SimulatedFormat } from '../format.ts'
import { readModel } from '../ollama-chat/read-call.ts'
import { invalid, invalidShape, writeError } from '../ollama-chat/rejection.ts'
import { memberOf, numberOf } from '../read-json.ts'
import { any, findProblem, flag, integer, map, open, text } from '../shape.ts'
import { countTokens } from '../text-or-tokens.ts'
import { embedText } from './embed-text.ts'
import type { EmbeddingsCall } from './embeddings-format.ts'
import { embeddingsCall, embeddingsFormat } from './embeddings-format.ts'

const CHARACTERS_PER_TOKEN = 4
/** Of `nomic-embed-text`. https://ollama.com/library/nomic-embed-text */
const DIMENSIONS = 768
/** https://docs.ollama.com/context-length */
const CONTEXT_TOKENS = 4_096

/** `EmbedRequest` in https://github.com/ollama/ollama/blob/main/api/types.go: members it does not know are left out. */
const SHAPE = open({
  model: text,
  input: any,
  keep_alive: any,
  truncate: flag,
  dimensions: integer(),
  options: map,
})

/** Ollama's own embeddings. https://docs.ollama.com/api/embed */
export const ollamaEmbeddings: SimulatedFormat<EmbeddingsCall> = embeddingsFormat({
  id: 'ollama-embeddings',
  serves: (path) => /^(?:\/compatible)?\/api\/embed$/.test(path),
  readModel,
  readCall,
  writeAnswer({ inputs, model, promptTokens }) {
    return JSON.stringify({
      model,
      embeddings: inputs.map(({ content, dimensions }) => embedText(content, dimensions)),
      total_duration: 1_000_000,
      load_duration: 100_000,
      prompt_eval_count: promptTokens,
    })
  },
  writeError,
})

/** The rules of `EmbedHandler` in https://github.com/ollama/ollama/blob/main/server/routes.go: no input is an empty answer, and what is too long is cut. */
function readCall(body: JsonObject): EmbeddingsCall | Rejection {
  const finding = findProblem(body, SHAPE, { isNullAbsent: true })
  if (finding !== undefined) return invalidShape(finding, 'EmbedRequest')
  const texts = readTexts(body['input'])
  if (texts === undefined) return invalid('invalid input type')
  const most = Math.min(numberOf(memberOf(body['options'], 'num_ctx')) ?? CONTEXT_TOKENS, CONTEXT_TOKENS)
  if (body['truncate'] === false && texts.some((one) => countTokens(one) > most)) {
    return invalid('input length exceeds maximum context length')
  }
  // Only fewer than the model has. https://docs.ollama.com/api/embed
  const asked = numberOf(body['dimensions']) ?? 0
  const dimensions = asked > 0 ? Math.min(asked, DIMENSIONS) : DIMENSIONS
  const inputs = texts.map((one) => ({ content: one.slice(0, most * CHARACTERS_PER_TOKEN), dimensions }))
  return embeddingsCall(String(body['model']), inputs)
}

function readTexts(input: JsonValue | undefined): readonly string[] | undefined {
  if (input === undefined || input === null || input === '') return []
  if (typeof input === 'string') return [input]
  if (!Array.isArray(input)) return undefined
  const texts = input.filter((one) => typeof one === 'string')
  return texts.length === input.length ? texts : undefined
}
