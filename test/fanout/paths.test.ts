import { describe, expect, test } from 'vitest'
import type { ContentPart } from '../../src/core/content.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { WireFormatId } from '../../src/core/request.ts'
import { placesOf as placesOfMessages } from '../../src/wire/anthropic-messages/places.ts'
import { placesOf as placesOfGemini } from '../../src/wire/gemini-generate/places.ts'
import { wireFormats } from '../../src/wire/index.ts'
import { placesOf as placesOfChat } from '../../src/wire/openai-chat/places.ts'
import { placesOf as placesOfResponses } from '../../src/wire/openai-responses/places.ts'
import type { Place, Places } from '../../src/wire/shared/client-paths.ts'
import { formatOf, MODEL, readFixtures, requestOf, writeFixture } from './fixtures.ts'
import { at } from './json-paths.ts'

// The path of a loss is one that the client finds in the body he sent.

const FORMATS = [...wireFormats.keys()]
const PLACES: Partial<Record<WireFormatId, (body: JsonObject) => Places>> = {
  'openai-chat': placesOfChat,
  'openai-responses': placesOfResponses,
  'anthropic-messages': placesOfMessages,
  'gemini-generate': placesOfGemini,
}

const fixtures = readFixtures()

describe.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('%s', (_name, fixture) => {
  test.each(FORMATS.filter((id) => id !== fixture.client))('asked in %s, losses stand in the client’s body', (id) => {
    const { losses } = writeFixture(fixture, id)
    expect(losses.map(({ path }) => path).filter((path) => (at(fixture.body, path) ?? null) === null)).toEqual([])
  })

  test.each(Object.entries(PLACES))('said in %s, every message, block and tool has its place there', (id, placesOf) => {
    const format = formatOf(id as WireFormatId)
    const said = requestOf(fixture)
    const body = format.id === fixture.client ? fixture.body : format.writeRequest(said, MODEL).body
    const { messages, tools } = format.readRequest(body, { model: MODEL, stream: false })
    const places = placesOf(body)
    expect(places.messages.map(shapeOfPlace)).toEqual(
      messages.map(({ content }) => ({ content: content.map(shapeOf) })),
    )
    if (places.tools !== undefined) expect(places.tools.length).toBe(tools.length)
    expect(places.messages.flatMap(pathsOf).filter((path) => at(body, path) === undefined)).toEqual([])
  })
})

type Shape = { readonly content: readonly Shape[] }

function shapeOf(part: ContentPart): Shape {
  return { content: part.type === 'tool-result' ? part.content.map(shapeOf) : [] }
}

function shapeOfPlace({ content = [] }: Place): Shape {
  return { content: content.map(shapeOfPlace) }
}

function pathsOf({ path, content = [] }: Place): string[] {
  return [path, ...content.flatMap(pathsOf)]
}

const MARK = { cache_control: { type: 'ephemeral' } }
const UNKNOWN = { type: 'video_url', video_url: { url: 'https://x.y/a.mp4' } }
const CALL = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":' } }

const CASES: readonly (readonly [string, WireFormatId, WireFormatId, JsonObject, readonly string[]])[] = [
  [
    'a mark on a whole message, arguments, the strictness of a tool and a limit that a model cannot have',
    'openai-chat',
    'ollama-chat',
    {
      messages: [
        { role: 'user', content: 'x', ...MARK },
        { role: 'assistant', content: 'y', reasoning_content: 'hm', tool_calls: [CALL] },
        { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'ok', ...MARK }] },
        { role: 'user', content: [{ type: 'text', text: 'x' }, UNKNOWN] },
      ],
      tools: [{ type: 'function', function: { name: 'f', strict: true } }],
      thinking: { type: 'enabled', budget_tokens: 5_000 },
      safety_identifier: 's',
    },
    [
      'tools[0].function.strict',
      'safety_identifier',
      'messages[0].cache_control',
      'messages[1].tool_calls[0].function.arguments',
      'messages[2].content[0].cache_control',
      'messages[3].content[1]',
      'thinking.budget_tokens',
    ],
  ],
  [
    'blocks behind a system prompt and behind results',
    'anthropic-messages',
    'openai-chat',
    {
      system: [{ type: 'text', text: 's', ...MARK }],
      max_tokens: 9_000,
      thinking: { type: 'enabled', budget_tokens: 2_000 },
      messages: [
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'sig' },
            { type: 'tool_use', id: 'a', name: 'f', input: {} },
            { type: 'tool_use', id: 'b', name: 'f', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And?', ...MARK },
            { type: 'tool_result', tool_use_id: 'a', content: 'no', is_error: true },
            { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'ok', ...MARK }] },
          ],
        },
        { role: 'user', content: [{ type: 'container_upload', file_id: 'f' }] },
      ],
    },
    [
      'system[0].cache_control',
      'messages[1].content[0].signature',
      'messages[2].content[1].is_error',
      'messages[2].content[2].content[0].cache_control',
      'messages[2].content[0].cache_control',
      'messages[3].content[0]',
      'thinking.budget_tokens',
    ],
  ],
  [
    'what several items say in a row',
    'openai-responses',
    'anthropic-messages',
    {
      instructions: 'i',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'x' }, { type: 'input_foo' }] },
        { type: 'reasoning', id: 'rs', summary: [{ type: 'summary_text', text: 's' }], encrypted_content: 'abc' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a' }, { type: 'output_foo' }] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":' },
        { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_foo' }] },
        { type: 'foo' },
        { role: 'user', content: 'x' },
      ],
      text: { format: { type: 'json_object' } },
    },
    [
      'text.format',
      'input[0].content[1]',
      'input[1]',
      'input[2].content[1]',
      'input[3].arguments',
      'input[4].output[0]',
      'input[5]',
    ],
  ],
  [
    'parts, and turns of the model that are one',
    'gemini-generate',
    'openai-responses',
    {
      system_instruction: { parts: [{ text: '' }, { text: 'a' }, { foo: {} }] },
      contents: [
        { role: 'user', parts: [{ text: '' }, { text: 'x' }, { foo: {} }] },
        { role: 'model', parts: [{ text: 'a' }] },
        { role: 'model', parts: [{ text: 'b' }, { executableCode: { code: '1' } }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: {} }, thoughtSignature: 'c2ln' }] },
        {
          role: 'user',
          parts: [
            { text: 'x' },
            { functionResponse: { name: 'f', response: { error: 'no' }, parts: [{ foo: {} }] } },
            { fileData: { fileUri: 'gs://b/a.png', mimeType: 'image/png' } },
          ],
        },
      ],
      tools: [{ functionDeclarations: [{ name: 'f' }], googleSearch: {} }],
      generationConfig: { topK: 3, seed: 1, stopSequences: ['x'], thinkingConfig: { thinkingBudget: 2_000 } },
    },
    [
      'tools[0]',
      'generationConfig.thinkingConfig.thinkingBudget',
      'generationConfig.stopSequences',
      'generationConfig.topK',
      'generationConfig.seed',
      'system_instruction.parts[2]',
      'contents[0].parts[2]',
      'contents[2].parts[1]',
      'contents[3].parts[0].thoughtSignature',
      'contents[4].parts[1].functionResponse.response.error',
      'contents[4].parts[1].functionResponse.parts[0]',
      'contents[4].parts[2]',
    ],
  ],
]

test.each(CASES)('%s: %s asked in %s', (_what, client, spoken, body, paths) => {
  const { losses } = writeFixture({ name: '', client, body: { model: 'auto', ...body } }, spoken)
  expect(losses.map(({ path }) => path)).toEqual(paths)
})
