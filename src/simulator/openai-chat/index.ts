import type { Rejection, SimulatedFormat } from '../format.ts'
import { createBursts } from './burst.ts'
import { readCall, readModel } from './read-call.ts'
import { writeAnswer } from './write-answer.ts'
import { writeStream } from './write-stream.ts'

/** OpenAI Chat Completions. https://platform.openai.com/docs/api-reference/chat */
export function openaiChatFormat(): SimulatedFormat {
  return {
    id: 'openai-chat',
    serves: (path) => path === '/v1/chat/completions',
    readModel,
    readCall,
    writeAnswer,
    streamHeaders: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    writeStream,
    writeBurst: createBursts(),
    breakFrame: (frame) => `${frame.data.slice(0, Math.floor(frame.data.length * 0.8))}\n\n`,
    writeError,
    writeStreamError: (rejection) => `data: ${writeError(rejection)}\n\n`,
  }
}

function writeError({ message, type, param, code }: Rejection): string {
  return JSON.stringify({ error: { message, type, param, code } })
}
