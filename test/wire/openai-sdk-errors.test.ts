import OpenAI from 'openai'
import { expect, test } from 'vitest'
import type { ErrorCode } from '../../src/core/errors.ts'
import { ERRORS, GatewayError } from '../../src/core/errors.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'

// Our errors as OpenAI's SDK throws them, and our explanation as it reads past it.

const messages = [{ role: 'user' as const, content: 'Hi' }]

function clientOf(body: string, type: string, status = 200): OpenAI {
  const fetch = async (): Promise<Response> => new Response(body, { status, headers: { 'content-type': type } })
  return new OpenAI({ apiKey: 'unused', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0, fetch })
}

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

const TYPED: readonly (readonly [ErrorCode, new (...args: never[]) => Error])[] = [
  ['invalid_request', OpenAI.BadRequestError],
  ['upstream_rate_limited', OpenAI.RateLimitError],
  ['upstream_error', OpenAI.InternalServerError],
]

test.each(TYPED)('%s is the SDK’s own class of error, with code, param and message', async (code, type) => {
  const error = new GatewayError(code, 'What happened, and what to do.', { param: 'messages' })
  const body = JSON.stringify(openaiChat.writeError(error))
  const client = clientOf(body, 'application/json', ERRORS[code].status)
  const thrown: unknown = await client.chat.completions
    .create({ model: 'm', messages })
    .catch((reason: unknown) => reason)
  expect(thrown).toBeInstanceOf(type)
  expect(thrown).toMatchObject({ code, param: 'messages', type: ERRORS[code].type })
  expect(String(thrown)).toContain('What happened, and what to do.')
})

test('an error in the middle of a stream is thrown after what came before it', async () => {
  const error = openaiChat.writeStreamError(new GatewayError('stream_interrupted', 'The model broke off.'))
  const stream = await clientOf(chunk({ content: 'a' }) + error, 'text/event-stream').chat.completions.create({
    model: 'm',
    messages,
    stream: true,
  })
  const texts: string[] = []
  const read = async (): Promise<void> => {
    for await (const one of stream) texts.push(one.choices[0]?.delta.content ?? '')
  }
  await expect(read()).rejects.toThrow(/The model broke off/)
  expect(texts).toEqual(['a'])
})

test('an explanation is read past, by the stream and by its helper', async () => {
  const body =
    chunk({ role: 'assistant', content: 'a' }) +
    openaiChat.writeStreamExplanation('x', { model: 'up/m' }) +
    chunk({}, 'stop') +
    openaiChat.streamEnd
  const client = clientOf(body, 'text/event-stream')
  const completion = await client.chat.completions.stream({ model: 'm', messages }).finalChatCompletion()
  expect(completion.choices).toHaveLength(1)
  expect(completion.choices[0]).toMatchObject({ message: { content: 'a' }, finish_reason: 'stop' })
})
