import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isList, optionalNumber, optionalString, wrong } from '../shared/read-json.ts'

/** A client's call for embeddings. */
export type EmbeddingsRequest = {
  readonly model: string
  /** Texts, or the tokens of texts. */
  readonly inputs: readonly (string | readonly number[])[]
  readonly dimensions: number | undefined
  readonly encoding: 'float' | 'base64'
  /** What the texts are for, in Cohere's words: `search_document`, `search_query`, `classification`, `clustering`. */
  readonly inputType: string | undefined
  /** As sent. */
  readonly body: JsonObject
}

const INPUT = 'a text, a list of texts, a list of tokens or a list of lists of tokens'

/**
 * OpenAI's body, with Cohere's `input_type` beside it. Throws `invalid_request` with `param`.
 * https://platform.openai.com/docs/api-reference/embeddings/create
 */
export function readEmbeddingsRequest(body: JsonObject): EmbeddingsRequest {
  const { model, encoding_format: encoding } = body
  if (typeof model !== 'string' || model === '') {
    throw wrong('model', 'a string such as "openai/text-embedding-3-small"', model)
  }
  if (encoding !== undefined && encoding !== null && encoding !== 'float' && encoding !== 'base64') {
    throw wrong('encoding_format', '"float" or "base64"', encoding)
  }
  return {
    model,
    inputs: readInputs(body['input']),
    dimensions: optionalNumber(body['dimensions'], 'dimensions'),
    encoding: encoding ?? 'float',
    inputType: optionalString(body['input_type'], 'input_type'),
    body,
  }
}

/** The inputs as texts, for services with a tokenizer of their own. Throws `invalid_request` for tokens. */
export function textsOf({ inputs }: EmbeddingsRequest): string[] {
  return inputs.map((input) => {
    if (typeof input === 'string') return input
    throw new GatewayError(
      'invalid_request',
      'input holds tokens, which only services of OpenAI’s shape can read. Send texts.',
      { param: 'input' },
    )
  })
}

function readInputs(value: JsonValue | undefined): (string | readonly number[])[] {
  if (typeof value === 'string') return [value]
  if (!isList(value)) throw wrong('input', INPUT, value)
  if (value.length === 0) {
    throw new GatewayError('invalid_request', 'input is empty. Send at least one text.', { param: 'input' })
  }
  if (value.every(isNumber)) return [value]
  return value.map((one, index) => {
    if (typeof one === 'string') return one
    if (isList(one) && one.length > 0 && one.every(isNumber)) return one
    throw wrong(`input[${index}]`, 'a text or a list of tokens', one)
  })
}

function isNumber(value: JsonValue): value is number {
  return typeof value === 'number'
}
