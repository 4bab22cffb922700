import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { DATA } from '../data-folder.ts'
import { CUTS } from './cases.ts'
import { decode } from './decode.ts'

const FOLDER = join(DATA, 'recordings')
const hasData = existsSync(FOLDER)

const FOLDERS = [
  'alibaba',
  'azure',
  'deepseek/chat',
  'groq',
  'mistral',
  'moonshotai',
  'openai-compatible/chat',
  'openai/chat',
  'perplexity',
  'xai',
]

type Recording = { readonly name: string; readonly text: string }

/** Azure's folder holds answers of the Responses API as well. */
const isChat = ({ text }: Recording): boolean => text.includes('"choices"')

const recordings = hasData
  ? FOLDERS.flatMap((folder) =>
      readdirSync(join(FOLDER, folder), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => ({ name: `${folder}/${name}`, text: readFileSync(join(FOLDER, folder, name), 'utf8') })),
    ).filter(isChat)
  : []

const encoder = new TextEncoder()

function streamBytes({ name, text }: Recording): Uint8Array {
  if (name.endsWith('.sse')) return encoder.encode(text)
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return encoder.encode([...lines, '[DONE]'].map((line) => `data: ${line}\n\n`).join(''))
}

type Plain = {
  readonly content?: unknown
  readonly tool_calls?: readonly { readonly function?: { readonly arguments?: string } }[]
}
type PlainChunk = { readonly choices?: readonly { readonly delta?: Plain; readonly message?: Plain }[] }

/** The text and the argument pieces of a recording, taken from its JSON without our reader. */
function plainly({ name, text }: Recording): { readonly text: string; readonly argumentsText: string } {
  const lines = text.split('\n').map((line) => line.replace(/^data: /, ''))
  const jsons = name.endsWith('.json') ? [text] : lines.filter((line) => line.startsWith('{'))
  const messages = jsons.flatMap((json) => {
    const { choices = [] } = JSON.parse(json) as PlainChunk
    return choices.map(({ delta, message }) => delta ?? message ?? {})
  })
  const calls = messages.flatMap((message) => message.tool_calls ?? [])
  return {
    text: messages.map(({ content }) => plainText(content)).join(''),
    argumentsText: calls.map((call) => call.function?.arguments ?? '').join(''),
  }
}

/** Mistral's content is a list where it thinks. */
function plainText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part: { readonly text?: string }) => part.text ?? '').join('')
}

describe.skipIf(!hasData)(`recordings of the chat family${hasData ? '' : ' (no shared data here)'}`, () => {
  test('every folder has recordings', () => {
    const found = new Set(recordings.map(({ name }) => name.slice(0, name.lastIndexOf('/'))))
    expect([...found].sort()).toEqual([...FOLDERS].sort())
  })

  test.each(recordings.map((recording) => [recording.name, recording] as const))('%s', (name, recording) => {
    const isStream = !name.endsWith('.json')
    const bytes = isStream ? streamBytes(recording) : encoder.encode(recording.text)
    const whole = decode(openaiChat, bytes, isStream)
    expect(whole.error).toBeUndefined()
    expect(whole.finish).toBeDefined()
    const { text, argumentsText } = plainly(recording)
    expect(whole.text).toBe(text)
    expect(whole.calls.map((call) => call.argumentsText).join('')).toBe(argumentsText)
    if (isStream) for (const cut of CUTS) expect(decode(openaiChat, bytes, true, cut), `cut at ${cut}`).toEqual(whole)
  })

  test('an error that was recorded is the client’s to read', () => {
    const body = readFileSync(join(FOLDER, 'openai/chat/reasoning-model-legacy-parameter-error.json'), 'utf8')
    expect(openaiChat.readError(400, {}, body)).toMatchObject({ code: 'upstream_rejected', param: 'max_tokens' })
  })

  test('a cut stream is an interrupted one, wherever it is cut before its finish', () => {
    for (const recording of recordings.filter(({ name }) => !name.endsWith('.json'))) {
      const bytes = streamBytes(recording)
      const finish = new TextDecoder().decode(bytes).indexOf('"finish_reason":"')
      for (const share of [0.2, 0.5, 0.9]) {
        const cut = decode(openaiChat, bytes.slice(0, Math.floor(finish * share)), true)
        expect(cut.error, recording.name).toMatch(/^(?:stream_interrupted|upstream_malformed)$/)
      }
    }
  })
})
