import { bearerPost, defineProvider } from '../core/provider.ts'

/**
 * Anthropic through its OpenAI-compatible endpoint. Its own Messages format carries more (thinking, cache marks).
 * https://docs.claude.com/en/api/openai-sdk
 */
export default defineProvider({
  id: 'anthropic',
  format: 'openai-chat',
  baseUrl: 'https://api.anthropic.com/v1',
  keyVariable: 'ANTHROPIC_API_KEY',
  authorize: bearerPost,
})
