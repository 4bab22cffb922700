import type { JsonObject } from '../../core/json.ts'
import { readModel } from '../cohere-chat/read-call.ts'
import { invalid, invalidShape, writeError } from '../cohere-chat/rejection.ts'
import type { Rejection, SimulatedFormat, Stamp } from '../format.ts'
import { listOf, numberOf, objectsOf, stringsOf, textOf } from '../read-json.ts'
import type { ObjectShape } from '../shape.ts'
import { findProblem, integer, list, object, tagged, text, word } from '../shape.ts'
import { countTokens } from '../text-or-tokens.ts'
import { embedText } from './embed-text.ts'
import type { EmbeddingsCall } from './embeddings-format.ts'
import { embeddingsCall, embeddingsFormat } from './embeddings-format.ts'
import { asBits, asInt8, floatsAsBase64 } from './write-vector.ts'

const MAX_INPUTS = 96
const DIMENSIONS = [256, 512, 1_024, 1_536]
const SOURCES = ['texts', 'images', 'inputs'] as const

/** https://docs.cohere.com/reference/embed */
const SHAPE: ObjectShape = object({
  'model!': text,
  texts: list(text),
  images: list(text),
  inputs: list(
    object({
      'content!': list(
        tagged('type', {
          text: object({ 'type!': text, 'text!': text }),
          image_url: object({ 'type!': text, 'image_url!': object({ 'url!': text }) }),
        }),
      ),
    }),
  ),
  input_type: word('search_document', 'search_query', 'classification', 'clustering', 'image'),
  max_tokens: integer(1),
  output_dimension: integer(),
  embedding_types: list(word('float', 'int8', 'uint8', 'binary', 'ubinary', 'base64')),
  truncate: word('NONE', 'START', 'END'),
  priority: integer(0, 999),
})

const WRITERS: Readonly<Record<string, (vector: readonly number[]) => unknown>> = {
  float: (vector) => vector,
  int8: asInt8,
  uint8: (vector) => asInt8(vector).map((value) => value + 127),
  binary: (vector) => asBits(vector).map((bits) => bits - 128),
  ubinary: asBits,
  base64: floatsAsBase64,
}

/** Cohere's embeddings, version 2. https://docs.cohere.com/reference/embed */
export const cohereEmbeddings: SimulatedFormat<EmbeddingsCall> = embeddingsFormat({
  id: 'cohere-embeddings',
  serves: (path) => path === '/v2/embed',
  readModel,
  readCall: (body) => check(body) ?? readCall(body),
  writeAnswer: (call, _answer, stamp) => writeAnswer(call, stamp),
  writeError,
})

/** Words from the list of errors: https://docs.cohere.com/reference/errors */
function check(body: JsonObject): Rejection | undefined {
  const finding = findProblem(body, SHAPE, { isNullAbsent: true })
  if (finding !== undefined) return invalidShape(finding)
  const given = SOURCES.filter((name) => listOf(body[name]).length > 0)
  if (given.length !== 1) return invalid(`exactly one of ${SOURCES.join(', ')} must be provided.`)
  const inputs = contentsOf(body)
  if (inputs.length > MAX_INPUTS && given[0] !== 'images') {
    return invalid(`total number of ${given[0]} must be at most ${MAX_INPUTS} - received ${inputs.length}`)
  }
  const empty = inputs.indexOf('')
  if (empty >= 0) return invalid(`inputs contains an element that is the empty string at index ${empty}`)
  return checkOptions(body, String(body['model'])) ?? checkLengths(inputs, body)
}

function checkOptions(body: JsonObject, model: string): Rejection | undefined {
  const { input_type: type, output_dimension: dimension } = body
  // https://github.com/cohere-ai/cohere-python/issues/614
  if (typeof type !== 'string') return invalid('valid input_type must be provided with the provided model')
  if (listOf(body['images']).length > 0 && type !== 'image') return invalid('images must be used with input_type=image')
  if (dimension === undefined || dimension === null) return undefined
  // "only available for embed-v4 and newer models": https://docs.cohere.com/reference/embed#request.body.output_dimension
  if (isOld(model)) return invalid('output_dimension is not supported with the provided model.')
  return DIMENSIONS.includes(Number(dimension))
    ? undefined
    : invalid(`output_dimension must be one of ${DIMENSIONS.join(', ')}, got ${String(dimension)}.`)
}

/** Longer texts are cut unless that is forbidden. https://docs.cohere.com/docs/models#embed */
function checkLengths(inputs: readonly string[], body: JsonObject): Rejection | undefined {
  const most = isOld(String(body['model'])) ? 512 : 128_000
  const longest = Math.max(...inputs.map(countTokens))
  if (body['truncate'] !== 'NONE' || longest <= most) return undefined
  const message = `too many tokens: total number of tokens in the text, ${longest}, exceeds the maximum of ${most}.`
  return { ...invalid(''), message }
}

function readCall(body: JsonObject): EmbeddingsCall {
  const model = String(body['model'])
  const dimensions = numberOf(body['output_dimension']) ?? (isOld(model) ? (/light/.test(model) ? 384 : 1_024) : 1_536)
  const types = stringsOf(body['embedding_types'])
  const inputs = contentsOf(body).map((content) => ({ content, dimensions }))
  return embeddingsCall(model, inputs, types.length === 0 ? ['float'] : types)
}

function contentsOf(body: JsonObject): readonly string[] {
  const mixed = objectsOf(body['inputs']).map(({ content }) =>
    objectsOf(content)
      .map((part) => textOf(part['text'] ?? part['image_url']))
      .join('\n'),
  )
  return [...listOf(body['texts']), ...listOf(body['images'])].map(textOf).concat(mixed)
}

function isOld(model: string): boolean {
  return /-v[23]\b/.test(model)
}

function writeAnswer({ inputs, encodings, promptTokens }: EmbeddingsCall, stamp: Stamp): string {
  const vectors = inputs.map(({ content, dimensions }) => embedText(content, dimensions))
  return JSON.stringify({
    id: stamp.id,
    embeddings: Object.fromEntries(encodings.map((name) => [name, vectors.map((vector) => WRITERS[name]?.(vector))])),
    texts: inputs.map(({ content }) => content),
    meta: { api_version: { version: '2' }, billed_units: { input_tokens: promptTokens } },
    response_type: 'embeddings_by_type',
  })
}
