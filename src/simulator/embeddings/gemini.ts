import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Rejection, SimulatedFormat } from '../format.ts'
import { camelNames } from '../gemini-generate/camel-names.ts'
import { invalid, invalidField, invalidShape, writeError } from '../gemini-generate/rejection.ts'
import { listOf, memberOf, numberOf, objectsOf, textOf } from '../read-json.ts'
import type { ObjectShape } from '../shape.ts'
import { any, findProblem, flag, integer, list, object, text, word } from '../shape.ts'
import { embedText, normalized } from './embed-text.ts'
import type { EmbeddingInput, EmbeddingsCall } from './embeddings-format.ts'
import { embeddingsCall, embeddingsFormat } from './embeddings-format.ts'

const PATH = /^\/v1(?:beta)?\/models\/(.+):(embedContent|batchEmbedContents)$/
const MAX_REQUESTS = 100
const DIMENSIONS = 3_072

const config = {
  taskType: word(
    'TASK_TYPE_UNSPECIFIED',
    'RETRIEVAL_QUERY',
    'RETRIEVAL_DOCUMENT',
    'SEMANTIC_SIMILARITY',
    'CLASSIFICATION',
    'CLUSTERING',
    'QUESTION_ANSWERING',
    'FACT_VERIFICATION',
    'CODE_RETRIEVAL_QUERY',
  ),
  title: text,
  // "Flexible, supports: 128 - 3072" is what is recommended: https://ai.google.dev/gemini-api/docs/embeddings#model-versions
  outputDimensionality: integer(1, DIMENSIONS),
  autoTruncate: flag,
}

/** `EmbedContentRequest`. https://ai.google.dev/api/embeddings#EmbedContentRequest */
const ONE: ObjectShape = object({
  model: text,
  'content!': object({ role: text, 'parts!': list(object({ text, inlineData: any, fileData: any })) }),
  ...config,
  embedContentConfig: object(config),
})

const BATCH: ObjectShape = object({ 'requests!': list(ONE) })

/** Gemini's embeddings, one and many; Vertex AI has neither method. https://ai.google.dev/api/embeddings */
export const geminiEmbeddings: SimulatedFormat<EmbeddingsCall> = embeddingsFormat({
  id: 'gemini-embeddings',
  serves: (path) => PATH.test(path),
  readModel: (_body, path) => modelOf(path),
  readCall: (body, path) => (isBatch(path) ? readBatch(body, modelOf(path)) : readOne(body, modelOf(path))),
  writeAnswer(call) {
    const values = call.inputs.map((input) => ({ values: vectorOf(input, call.model) }))
    const usageMetadata = {
      promptTokenCount: call.promptTokens,
      promptTokenDetails: [{ modality: 'TEXT', tokenCount: call.promptTokens }],
    }
    return JSON.stringify(
      call.encodings.includes('one') ? { embedding: values[0], usageMetadata } : { embeddings: values, usageMetadata },
    )
  },
  writeError,
})

function readBatch(given: JsonObject, model: string): EmbeddingsCall | Rejection {
  const request = 'BatchEmbedContentsRequest'
  const body = camelNames(given, BATCH)
  const requests = objectsOf(body['requests'])
  // https://github.com/StarTrail-org/LEANN/pull/214
  if (listOf(body['requests']).length > MAX_REQUESTS) {
    return invalidField('requests', `at most ${MAX_REQUESTS} requests can be in one batch`, request)
  }
  const finding = findProblem(body, BATCH, { isNullAbsent: true })
  if (finding !== undefined) return invalidShape(finding, request)
  if (requests.length === 0) return invalidField('requests', 'requests is not specified', request)
  // "The model in each of these requests must match the model specified": https://ai.google.dev/api/embeddings#request-body_1
  const odd = requests.findIndex((one) => one['model'] !== `models/${model}`)
  if (odd >= 0) {
    return invalidField(`requests[${odd}].model`, 'must match the model specified in the batch request.', request)
  }
  return checkParts(requests) ?? embeddingsCall(model, requests.map(inputOf))
}

function readOne(given: JsonObject, model: string): EmbeddingsCall | Rejection {
  const body = camelNames(given, ONE)
  const finding = findProblem(body, ONE, { isNullAbsent: true })
  if (finding !== undefined) return invalidShape(finding, 'EmbedContentRequest')
  return checkParts([body]) ?? embeddingsCall(model, [inputOf(body)], ['one'])
}

/** https://github.com/lingfengQAQ/webnovel-writer/pull/51 */
function checkParts(requests: readonly JsonObject[]): Rejection | undefined {
  const isEmpty = requests.some((one) => {
    const parts = partsOf(one)
    return parts.length === 0 || parts.some((part) => Object.keys(part).length === 0 || part['text'] === '')
  })
  return isEmpty ? invalid('EmbedContentRequest.content contains an empty Part.') : undefined
}

function inputOf(request: JsonObject): EmbeddingInput {
  const own = memberOf(request['embedContentConfig'], 'outputDimensionality') ?? request['outputDimensionality']
  const content = partsOf(request).map((part) => textOf(part['text'] ?? part['inlineData'] ?? part['fileData']))
  return { content: content.join('\n'), dimensions: dimensionsOf(own) }
}

function dimensionsOf(value: JsonValue | undefined): number {
  return numberOf(value) ?? DIMENSIONS
}

/** The first model cuts its vectors and leaves them shorter than 1; the second does not. https://ai.google.dev/gemini-api/docs/embeddings#ensuring-quality-for-smaller-dimensions */
function vectorOf({ content, dimensions }: EmbeddingInput, model: string): number[] {
  const cut = embedText(content, DIMENSIONS).slice(0, dimensions)
  return model.includes('gemini-embedding-001') ? cut : normalized(cut)
}

function partsOf(request: JsonObject): readonly JsonObject[] {
  return objectsOf(memberOf(request['content'], 'parts'))
}

function isBatch(path: string): boolean {
  return PATH.exec(path)?.[2] === 'batchEmbedContents'
}

function modelOf(path: string): string {
  const name = PATH.exec(path)?.[1] ?? ''
  try {
    return decodeURIComponent(name)
  } catch {
    // A broken escape stays as it came.
    return name
  }
}
