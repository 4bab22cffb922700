import { checkCallOrder } from '../openai-chat/check-messages.ts'
import { objectsOf } from '../read-json.ts'
import type { Dialect } from './dialect.ts'
import { openaiCall, plainError, plainUsage, refused } from './dialect.ts'

/**
 * A server that takes what it does not know, as vLLM, SGLang, llama.cpp and the hosts of open models do: only the order of
 * calls and results must hold. https://docs.vllm.ai/en/stable/serving/openai_compatible_server.html
 */
export const compatible: Dialect = {
  id: 'compatible',
  check(body) {
    const messages = objectsOf(body['messages'])
    return messages.length === 0 ? refused('messages must not be empty') : checkCallOrder(messages)
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
