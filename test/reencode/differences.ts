import type { Differences } from '../wire/case-data.ts'

// Answers that a client's SDK reads differently on purpose, by SDK and by case. One that stops differing fails its test.
// docs/formats.md is written from this list.

const THE_SDK_PARSES =
  'arguments that begin as an object and turn out to be no JSON stream as they came, for whoever reads the deltas; what the SDK makes of half a JSON is its own'
const AS_THEY_CAME = 'arguments that are no JSON stream as they came; a whole answer keeps them within an object'

export const DIFFERENCES: Readonly<Record<string, Differences>> = {
  '@anthropic-ai/sdk': {
    'vercel_responses:14 openai-chat stream': THE_SDK_PARSES,
    'anthropic/spliced-message-start.chunks.txt': THE_SDK_PARSES,
  },
  '@aws-sdk/client-bedrock-runtime': {
    'vercel_responses:14 openai-chat stream': AS_THEY_CAME,
    'anthropic/spliced-message-start.chunks.txt': AS_THEY_CAME,
  },
}
