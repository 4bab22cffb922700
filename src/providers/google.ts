import { bearerPost, defineProvider } from '../core/provider.ts'

/** Gemini through its OpenAI-compatible endpoint. https://ai.google.dev/gemini-api/docs/openai */
export default defineProvider({
  id: 'google',
  format: 'openai-chat',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
  keyVariable: 'GEMINI_API_KEY',
  traits: { callSignatures: true },
  authorize: bearerPost,
})
