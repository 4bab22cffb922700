import { bearerPost, defineProvider } from '../core/provider.ts'

export default defineProvider({
  id: 'vllm',
  format: 'openai-chat',
  // https://docs.vllm.ai/en/stable/serving/openai_compatible_server/#responses-api
  alsoSpeaks: ['openai-responses'],
  completions: 'all',
  baseUrl: 'http://127.0.0.1:8000/v1',
  keyVariable: undefined,
  isLocal: true,
  authorize: bearerPost,
})
