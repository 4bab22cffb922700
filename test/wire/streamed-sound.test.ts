import { expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { createTidier } from '../../src/core/tidy-parts.ts'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'

// Sound in a stream of Chat Completions: the id, then words and sound in pieces of their own, then the expiry.
// https://platform.openai.com/docs/guides/audio

const WORDS = ['Hello', ' there']
const SOUND = ['AAAA', 'BBBB', 'CCCC']
const ID = { id: 'audio_1' }
const EXPIRY = { expires_at: 1_800_000_000 }

/** The events that a client gets of a streamed answer with these pieces of sound. */
function streamed(client: WireFormat, pieces: readonly JsonObject[]): JsonObject[] {
  const reader = openaiChat.createReader()
  const tidier = createTidier('rt_1')
  const writer = client.createWriter({ id: 'rt_1', model: 'up/m', createdSeconds: 1, includeUsage: false })
  const choices = [...pieces.map((audio) => ({ delta: { audio } })), { delta: {}, finish_reason: 'stop' }]
  const parts = choices.flatMap((choice) =>
    tidier.push(reader.push({ event: undefined, data: JSON.stringify({ choices: [{ index: 0, ...choice }] }) })),
  )
  const all = [...parts, ...tidier.push(reader.end()), ...tidier.end()]
  return [...all.flatMap((part) => writer.push(part)), ...writer.end()].map(({ data }) => JSON.parse(data))
}

const spoken = [
  ID,
  { data: SOUND[0] },
  { transcript: WORDS[0] },
  { data: SOUND[1] },
  { transcript: WORDS[1] },
  { data: SOUND[2] },
  EXPIRY,
] as readonly JsonObject[]
const silent = [ID, ...SOUND.map((data) => ({ data })), EXPIRY]

/** Every value of a member of that name, wherever it stands. */
function valuesOf(value: JsonValue | undefined, name: string): JsonValue[] {
  if (Array.isArray(value)) return value.flatMap((one: JsonValue) => valuesOf(one, name))
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, one]) => [
    ...(key === name && typeof one !== 'object' && one !== undefined ? [one] : []),
    ...valuesOf(one, name),
  ])
}

test('a client of Messages reads the words of a sound, and nothing about its pieces', () => {
  expect(valuesOf(streamed(anthropicMessages, spoken), 'text').join('')).toBe(WORDS.join(''))
})

test('of a sound without words a client of Messages is told once', () => {
  const said = valuesOf(streamed(anthropicMessages, silent), 'text').filter((text) => text !== '')
  expect(said).toEqual([expect.stringContaining('audio/wav')])
})

test('a client of Gemini gets the words as text and every piece of the sound', () => {
  const events = streamed(geminiGenerate, spoken)
  expect(valuesOf(events, 'text').join('')).toBe(WORDS.join(''))
  expect(valuesOf(events, 'data')).toEqual(SOUND)
  expect(valuesOf(streamed(geminiGenerate, silent), 'data')).toEqual(SOUND)
})

test('a whole answer has both at Gemini', () => {
  const audio = { id: 'audio_1', data: SOUND.join(''), transcript: WORDS.join(''), expires_at: 1 }
  const message = { role: 'assistant', content: null, audio }
  const parts = openaiChat.readResponse({ choices: [{ index: 0, message, finish_reason: 'stop' }] })
  const context = { id: 'rt_1', model: 'up/m', createdSeconds: 1, includeUsage: false }
  const [candidate] = valuesIn(geminiGenerate.writeResponse(parts, context)['candidates'])
  expect(candidate).toMatchObject({
    content: { parts: [{ inlineData: { data: SOUND.join('') } }, { text: WORDS.join('') }] },
  })
})

function valuesIn(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}
