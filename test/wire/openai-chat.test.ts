import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { casesOf, describeCases } from './cases.ts'

const APIS = [
  'openai-chat',
  'openai-compatible-chat',
  'mistral-chat',
  'groq-chat',
  'deepseek-chat',
  'xai-chat',
  'alibaba-chat',
  'moonshot-chat',
] as const

const EOS =
  'eos is a plain stop of servers that name the end token (tool-calling.md §2.1); the reference knows no such word'
const THROWN =
  'an error in a 200: the reference throws, which its record shows as an empty answer; for us it is an error'
const CALLS = 'calls are there, so the finish is tool-calls whatever the label (tool-calling.md §2.1)'
const APART = 'xAI counts reasoning beside completion_tokens, as total_tokens shows; the reference leaves it out here'

describeCases(openaiChat, casesOf(...APIS), {
  'vercel_responses:6': EOS,
  'vercel_responses:17': THROWN,
  'vercel_responses:18': THROWN,
  'vercel_responses:103': APART,
  'vercel_responses:104': APART,
  'vercel_responses:109': EOS,
  'vercel_responses:111': CALLS,
  'vercel_responses:112': CALLS,
  'vercel_responses:113': CALLS,
  'vercel_responses:121': APART,
  'vercel_responses:366':
    'the stream states its usage (226 and 20 tokens); the reference, made for another server, does not read it',
  'vercel_responses:384':
    'the reference drops reasoning deltas that repeat, and adds reasoning to a completion count whose total includes it',
  'vercel_responses:386': THROWN,
})
