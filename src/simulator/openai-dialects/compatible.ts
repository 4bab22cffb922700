import type { JsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { checkCallOrder } from '../openai-chat/check-messages.ts'
import { memberOf, objectsOf } from '../read-json.ts'
import type { Dialect } from './dialect.ts'
import { openaiCall, plainError, plainUsage, refused } from './dialect.ts'

/**
 * A server that takes what it does not know, as vLLM, SGLang, llama.cpp and the hosts of open models do: only the order of
 * calls and results must hold, and tools are functions. https://docs.vllm.ai/en/stable/serving/openai_compatible_server.html
 */
export const compatible: Dialect = {
  id: 'compatible',
  check(body) {
    const messages = objectsOf(body['messages'])
    if (messages.length === 0) return refused('messages must not be empty')
    return checkTools(body) ?? checkCallOrder(messages)
  },
  writeError: ({ message, type, status }) => plainError({ message, type, code: status }),
  answerId: 'chatcmpl',
  reasoning: (text) => ({ reasoning_content: text }),
  writeCall: openaiCall,
  callChunks: 'pieces',
  contentBesideCalls: null,
  lastDelta: {},
  usage: plainUsage,
  usageChunks: 'own-if-asked',
  extras: () => ({}),
}

/** https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/openai/chat_completion/protocol.py: `type: Literal["function"]` */
function checkTools(body: JsonObject): Rejection | undefined {
  const index = objectsOf(body['tools']).findIndex(({ type }) => type !== undefined && type !== 'function')
  if (memberOf(body['tool_choice'], 'type') === 'allowed_tools')
    return refused("1 validation error: ('body', 'tool_choice', 'type'): Input should be 'function'", 'BadRequestError')
  return index < 0
    ? undefined
    : refused(`1 validation error: ('body', 'tools', ${index}, 'type'): Input should be 'function'`, 'BadRequestError')
}
