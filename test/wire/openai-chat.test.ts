import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { casesOf, describeCases } from './cases.ts'
import { DIFFERENCES } from './differences.ts'

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

describeCases(openaiChat, casesOf(...APIS), DIFFERENCES['openai-chat'])
