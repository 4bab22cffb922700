import type { ContentPart } from '../../src/core/content.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { ChatRequest, Message } from '../../src/core/request.ts'
import type { Tool } from '../../src/core/tool.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { expectValid, requestOf } from './bedrock-rules.ts'

// Pieces of requests, and what Bedrock gets of them.

export const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
export const OPUS_46 = 'us.anthropic.claude-opus-4-6-v1'
export const OPUS_47 = 'us.anthropic.claude-opus-4-7'
export const HAIKU_3 = 'anthropic.claude-3-haiku-20240307-v1:0'
export const NOVA = 'us.amazon.nova-2-lite-v1:0'
export const LLAMA = 'meta.llama3-3-70b-instruct-v1:0'
export const GPT_OSS = 'openai.gpt-oss-120b-1:0'
export const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc'

export const call = (id: string, name = 'get'): ContentPart => ({ type: 'tool-call', id, name, argumentsText: '{}' })
export const answer = (callId: string, said = 'done'): ContentPart => ({
  type: 'tool-result',
  callId,
  content: [{ type: 'text', text: said }],
})
export const assistant = (...content: ContentPart[]): Message => ({ role: 'assistant', content, name: undefined })
export const results = (...content: ContentPart[]): Message => ({ role: 'tool', content, name: undefined })
export const tool = (name: string): Tool => ({ name, description: undefined, parameters: { type: 'object' } })
export const thought: ContentPart = {
  type: 'reasoning',
  text: 'Hm.',
  signature: { by: 'anthropic-messages', value: 'c2ln' },
}

export type Body = {
  readonly system?: readonly JsonObject[]
  readonly messages: readonly {
    readonly role: string
    readonly content: readonly Record<string, JsonObject | string>[]
  }[]
  readonly toolConfig?: { readonly tools: readonly JsonObject[]; readonly toolChoice?: JsonObject }
  readonly inferenceConfig?: JsonObject
  readonly additionalModelRequestFields?: JsonObject
  readonly outputConfig?: JsonObject
  readonly requestMetadata?: JsonObject
}

export function write(
  messages: readonly Message[],
  model = SONNET,
  rest: Partial<ChatRequest> = {},
): { body: Body; lost: string[] } {
  const { body, losses } = bedrockConverse.writeRequest(requestOf(messages, rest), model)
  expectValid(body)
  return { body: body as unknown as Body, lost: losses.map(({ path }) => path) }
}

export const told = ({ system = [] }: Body): string => system.map((block) => block['text']).join('\n')
