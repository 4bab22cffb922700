import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { cohereEmbeddings } from './cohere.ts'
import type { EmbeddingsCall } from './embeddings-format.ts'
import { geminiEmbeddings } from './gemini.ts'
import { ollamaEmbeddings } from './ollama.ts'
import { compatibleEmbeddings } from './openai.ts'

const PATH = '/v1beta/models/gemini-embedding-2:batchEmbedContents'
const request = { model: 'models/gemini-embedding-2', content: { parts: [{ text: 'a' }] } }

const gemini = (body: JsonObject) => geminiEmbeddings.readCall(body, PATH)
const cohere = (body: JsonObject) =>
  cohereEmbeddings.readCall({ model: 'embed-v4.0', input_type: 'search_query', texts: ['a'], ...body }, '')
const ollama = (body: JsonObject) => ollamaEmbeddings.readCall({ model: 'm', input: 'a', ...body }, '')
const compatible = (body: JsonObject) => compatibleEmbeddings.readCall({ model: 'm', input: 'a', ...body }, '')

const accepted: readonly [string, ReturnType<typeof gemini>][] = [
  ['Gemini, plain', gemini({ requests: [request] })],
  [
    'Gemini, all members, in both spellings',
    gemini({ requests: [{ ...request, task_type: 'RETRIEVAL_QUERY', title: 't', outputDimensionality: 3_072 }] }),
  ],
  ['Gemini, 100', gemini({ requests: Array.from({ length: 100 }, () => request) })],
  ['Cohere, plain', cohere({})],
  [
    'Cohere, all members',
    cohere({ output_dimension: 256, embedding_types: ['float', 'int8'], truncate: 'NONE', max_tokens: 9, priority: 1 }),
  ],
  [
    'Cohere, mixed',
    cohere({
      texts: [],
      inputs: [
        {
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: 'data:' } },
          ],
        },
      ],
    }),
  ],
  ['Cohere, images', cohere({ texts: [], images: ['data:image/png;base64,AA=='], input_type: 'image' })],
  ['Cohere, 96', cohere({ texts: Array.from({ length: 96 }, () => 'a') })],
  ['Cohere, too long and cut', cohere({ model: 'embed-english-v3.0', texts: ['abcd'.repeat(600)] })],
  ['Ollama, plain', ollama({})],
  ['Ollama, none', ollama({ input: [] })],
  [
    'Ollama, all members',
    ollama({ input: ['a', ''], truncate: false, dimensions: 9, keep_alive: '5m', options: { num_ctx: 9 }, more: 1 }),
  ],
  ['compatible', compatible({ input: [[1], [2]], input_type: 'query', dimensions: 8_192 })],
]

test.each(accepted)('accepted: %s', (_name, read) => {
  expect(read).not.toHaveProperty('status')
})

test.each<[string, ReturnType<typeof gemini>, string | RegExp]>([
  [
    'Gemini: no requests',
    gemini({ requests: [] }),
    '* BatchEmbedContentsRequest.requests: requests is not specified\n',
  ],
  [
    'Gemini: 101',
    gemini({ requests: Array.from({ length: 101 }, () => request) }),
    '* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch\n',
  ],
  [
    'Gemini: an empty text',
    gemini({ requests: [{ ...request, content: { parts: [{ text: '' }] } }] }),
    'EmbedContentRequest.content contains an empty Part.',
  ],
  [
    'Gemini: no parts',
    gemini({ requests: [{ ...request, content: { parts: [] } }] }),
    'EmbedContentRequest.content contains an empty Part.',
  ],
  [
    'Gemini: another model',
    gemini({ requests: [{ ...request, model: 'models/other' }] }),
    /^\* BatchEmbedContentsRequest\.requests\[0\]\.model: must match/,
  ],
  [
    'Gemini: too many dimensions',
    gemini({ requests: [{ ...request, outputDimensionality: 3_073 }] }),
    /requests\[0\]\.output_dimensionality: must be in the range/,
  ],
  [
    'Gemini: an unknown task',
    gemini({ requests: [{ ...request, taskType: 'search' }] }),
    /^Invalid value at 'requests\[0\]\.task_type'/,
  ],
  [
    'Gemini: an unknown member',
    gemini({ requests: [{ ...request, dimensions: 9 }] }),
    'Invalid JSON payload received. Unknown name "dimensions" at \'requests[0]\': Cannot find field.',
  ],
  [
    'Cohere: no input_type',
    cohere({ input_type: undefined }),
    'invalid request: valid input_type must be provided with the provided model',
  ],
  [
    'Cohere: an unknown input_type',
    cohere({ input_type: 'query' }),
    /^invalid request: input_type must be one of search_document, search_query/,
  ],
  ['Cohere: nothing', cohere({ texts: [] }), /exactly one of texts, images, inputs/],
  ['Cohere: two kinds', cohere({ images: ['data:'] }), /exactly one of texts, images, inputs/],
  [
    'Cohere: 97',
    cohere({ texts: Array.from({ length: 97 }, () => 'a') }),
    'invalid request: total number of texts must be at most 96 - received 97',
  ],
  [
    'Cohere: an empty text',
    cohere({ texts: ['a', ''] }),
    'invalid request: inputs contains an element that is the empty string at index 1',
  ],
  [
    'Cohere: images as texts',
    cohere({ texts: [], images: ['data:'] }),
    'invalid request: images must be used with input_type=image',
  ],
  [
    'Cohere: another dimension',
    cohere({ output_dimension: 300 }),
    /output_dimension must be one of 256, 512, 1024, 1536, got 300/,
  ],
  [
    'Cohere: a dimension of an old model',
    cohere({ model: 'embed-english-v3.0', output_dimension: 256 }),
    /output_dimension is not supported/,
  ],
  [
    'Cohere: too long',
    cohere({ model: 'embed-english-v3.0', texts: ['abcd'.repeat(600)], truncate: 'NONE' }),
    /^too many tokens: total number of tokens in the text, 600/,
  ],
  ['Cohere: an unknown member', cohere({ dimensions: 256 }), /unknown field: parameter 'dimensions'/],
  ['Ollama: tokens', ollama({ input: [1, 2] }), 'invalid input type'],
  ['Ollama: a number', ollama({ input: 1 }), 'invalid input type'],
  [
    'Ollama: truncate as a word',
    ollama({ truncate: 'no' }),
    'json: cannot unmarshal string into Go struct field EmbedRequest.truncate of type bool',
  ],
  [
    'Ollama: too long',
    ollama({ input: 'abcd'.repeat(10), truncate: false, options: { num_ctx: 9 } }),
    'input length exceeds maximum context length',
  ],
  ['compatible: no input', compatible({ input: [] }), 'input must be texts or lists of tokens'],
  ['compatible: dimensions without bounds', compatible({ dimensions: 1e9 }), /dimensions must be from 1/],
])('refused: %s', (_name, read, message) => {
  expect(read).toMatchObject({
    status: 400,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  })
})

test('a text that is cut is billed and embedded by what is left of it', () => {
  const cut = ollama({ input: 'abcd'.repeat(10), options: { num_ctx: 3 } }) as EmbeddingsCall
  expect(cut).toMatchObject({ promptTokens: 3, inputs: [{ content: 'abcdabcdabcd' }] })
})
