import type { JsonObject } from '../core/json.ts'
import type { HttpRequest } from '../core/ports.ts'
import type { ProviderCall, TemplateSource } from '../core/provider.ts'
import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps, renamed } from './openai-chat/adjust.ts'
import { thoughtChunksAsReasoning } from './openai-chat/messages.ts'
import { OPEN_SERVER_STEPS } from './openai-chat/open-servers.ts'
import { earlierReasoningAs } from './openai-chat/reasoning.ts'

/** https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md */
export default defineProvider({
  id: 'llama-cpp',
  format: 'openai-chat',
  completions: 'all',
  baseUrl: 'http://127.0.0.1:8080/v1',
  keyVariable: undefined,
  isLocal: true,
  traits: { reasoning: 'reasoning_content', maxTokens: 'max_tokens', functionsOnly: true },
  // Goes on from a last turn of the assistant by itself (--prefill-assistant).
  steering: { schemas: true, goesOn: {} },
  templateSource: { request: propsRequest, read: readProps },
  authorize: bearerPost,
  adjustBody: chatSteps(
    thoughtChunksAsReasoning,
    ...OPEN_SERVER_STEPS,
    earlierReasoningAs('reasoning_content'),
    renamed('max_completion_tokens', 'max_tokens'),
  ),
})

/** `GET /props` */
function propsRequest(call: ProviderCall): HttpRequest {
  const baseUrl = call.target.baseUrl.replace(/\/v1$/, '')
  const operation = { type: 'passthrough', method: 'GET', path: '/props' } as const
  return bearerPost({ ...call, operation, body: undefined, target: { ...call.target, baseUrl } })
}

function readProps(body: JsonObject): ReturnType<TemplateSource['read']> {
  const { chat_template: template, chat_template_tool_use: toolUse } = body
  const found = typeof toolUse === 'string' ? toolUse : template
  return { template: typeof found === 'string' ? found : undefined, hasTools: undefined }
}
