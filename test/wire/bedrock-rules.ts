import { expect } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { ChatRequest, Message } from '../../src/core/request.ts'

type Block = { readonly [member: string]: JsonObject | string | undefined }
type Written = { readonly role: string; readonly content: readonly Block[] }

const NAME = /^[a-zA-Z0-9_-]{1,64}$/
const DOCUMENT = /^(?!.*\s\s)[A-Za-z0-9\s\-()[\]]{1,200}$/

/**
 * Fails where Bedrock would answer 400 to a conversation, in the words of its validation errors.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function expectValid(body: JsonObject): void {
  const messages = (body['messages'] ?? []) as unknown as readonly Written[]
  const documents: string[] = []
  const ids = new Set<string>()
  let hasTools = false
  messages.forEach(({ role, content }, index) => {
    expect(role, 'roles must alternate, starting with user').toBe(index % 2 === 0 ? 'user' : 'assistant')
    expect(content.length, 'content is empty').toBeGreaterThan(0)
    const results = content.flatMap((block) => (block['toolResult'] === undefined ? [] : [member(block, 'toolResult')]))
    const before = messages[index - 1]?.content ?? []
    const asked = before.flatMap((block) =>
      block['toolUse'] === undefined ? [] : [member(block, 'toolUse')['toolUseId']],
    )
    const answered = results.map((result) => result['toolUseId'])
    expect([...answered].sort(), 'results are those of the calls before').toEqual([...asked].sort())
    hasTools ||= asked.length > 0
    const texts = content.filter((block) => block['text'] !== undefined)
    if (role === 'user' && content.some((block) => block['document'] !== undefined)) {
      expect(texts.length, 'a document needs a text beside it').toBeGreaterThan(0)
    }
    const all = [...content, ...results.flatMap((result) => result['content'] as unknown as readonly Block[])]
    for (const block of all) {
      if (block['text'] !== undefined) expect((block['text'] as string).trim(), 'text is blank').not.toBe('')
      if (block['document'] !== undefined) documents.push(member(block, 'document')['name'] as string)
    }
    for (const result of results) expect(result['content'], 'a result is empty').not.toEqual([])
    for (const block of content) {
      if (block['toolUse'] === undefined) continue
      const { toolUseId, name, input } = member(block, 'toolUse')
      expect(toolUseId).toMatch(NAME)
      expect(ids.has(toolUseId as string), 'ids must be unique').toBe(false)
      ids.add(toolUseId as string)
      expect(name).toMatch(NAME)
      expect(typeof input === 'object' && input !== null && !Array.isArray(input)).toBe(true)
    }
    const last = content.at(-1)?.['text']
    if (role === 'assistant' && index === messages.length - 1 && typeof last === 'string') {
      expect(last, 'final assistant content cannot end with trailing whitespace').toBe(last.trimEnd())
    }
  })
  expect(new Set(documents).size, 'documents have names of their own').toBe(documents.length)
  for (const name of documents) expect(name).toMatch(DOCUMENT)
  const hasConfig = body['toolConfig'] !== undefined
  if (hasTools) expect(hasConfig, 'toolConfig must be defined when using toolUse and toolResult blocks').toBe(true)
  for (const block of (body['system'] ?? []) as readonly JsonObject[]) {
    if (typeof block['text'] === 'string') expect(block['text'].trim()).not.toBe('')
  }
}

function member(block: Block, name: string): JsonObject {
  return block[name] as JsonObject
}

/** A request of these messages that says nothing else. */
export function requestOf(messages: readonly Message[], rest: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: 'm',
    messages,
    tools: [],
    toolChoice: undefined,
    parallelToolCalls: undefined,
    sampling: { maxOutputTokens: undefined, temperature: undefined, topP: undefined, choices: undefined },
    reasoning: undefined,
    responseFormat: undefined,
    stream: false,
    includeUsage: false,
    user: undefined,
    metadata: undefined,
    native: { format: 'openai-chat', body: {} },
    ...rest,
  }
}

export function user(said: string): Message {
  return { role: 'user', content: [{ type: 'text', text: said }], name: undefined }
}
