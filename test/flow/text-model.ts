import OpenAI from 'openai'
import { afterEach } from 'vitest'
import type { TextTools } from '../../src/core/target.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

export const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
} as const

export const HERMES =
  'Let me look.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Genève"}}\n</tool_call>'

export const HELLO = [{ role: 'user', content: 'Weather in Geneva?' }] as const

/** A model that knows no tools, to which they are described. */
export const EMULATED = { dialect: 'hermes', isEmulated: true }

export function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`
}

/** A gateway before a server whose model calls tools in its text; closed when a test ends. */
export function textModel() {
  let upstream: CaptureUpstream | undefined
  let gateway: TestGateway | undefined

  async function close(): Promise<void> {
    await gateway?.close()
    await upstream?.close()
  }
  afterEach(close)

  async function startAnswering(
    answer: Parameters<typeof startCaptureUpstream>[0],
    options: Omit<Parameters<typeof startGateway>[0], 'models' | 'upstream'>,
  ): Promise<void> {
    upstream = await startCaptureUpstream(answer)
    gateway = await startGateway({ models: ['m'], upstream: upstream.url, ...options })
  }

  return {
    close,
    startAnswering,
    /** The model says `text`, in pieces of three characters where a stream is asked for. */
    start(text: string, textTools: TextTools, { finish = 'stop', provider = 'openai-compatible' } = {}): Promise<void> {
      return startAnswering(
        (response, { body }) => {
          const { stream } = JSON.parse(body.toString())
          response.writeHead(200, { 'content-type': stream === true ? 'text/event-stream' : 'application/json' })
          if (stream === true) {
            response.write(chunk({ role: 'assistant', content: '' }))
            for (const piece of text.match(/.{1,3}/gsu) ?? []) response.write(chunk({ content: piece }))
            response.end(`${chunk({}, finish)}data: [DONE]\n\n`)
            return
          }
          const message = { role: 'assistant', content: text }
          const choices = [{ index: 0, message, finish_reason: finish }]
          const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
          response.end(JSON.stringify({ id: 'c1', object: 'chat.completion', created: 1, model: 'm', choices, usage }))
        },
        { textTools, provider },
      )
    },
    gateway: () => gateway,
    /** The body of the latest request that reached the server. */
    sent: (): Record<string, never> => JSON.parse(upstream?.requests.at(-1)?.body.toString() ?? ''),
    openai: (): OpenAI => new OpenAI({ apiKey: 'k', baseURL: `${gateway?.url}/v1`, maxRetries: 0 }),
  }
}
