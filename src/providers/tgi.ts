import { bearerPost, defineProvider } from '../core/provider.ts'
import { chatSteps, oneChoice, renamed } from './openai-chat/adjust.ts'
import { thoughtChunksAsReasoning } from './openai-chat/messages.ts'
import { OPEN_SERVER_STEPS } from './openai-chat/open-servers.ts'

/** Hugging Face's Text Generation Inference at the port of its launcher. https://huggingface.co/docs/text-generation-inference/messages_api */
export default defineProvider({
  id: 'tgi',
  format: 'openai-chat',
  baseUrl: 'http://127.0.0.1:3000/v1',
  keyVariable: undefined,
  isLocal: true,
  traits: { reasoning: 'omit', maxTokens: 'max_tokens', functionsOnly: true },
  authorize: bearerPost,
  adjustBody: chatSteps(
    thoughtChunksAsReasoning,
    ...OPEN_SERVER_STEPS,
    oneChoice,
    renamed('max_completion_tokens', 'max_tokens'),
  ),
})
