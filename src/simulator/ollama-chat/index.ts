import type { SimulatedFormat } from '../format.ts'
import { readCall, readModel } from './read-call.ts'
import { writeError } from './rejection.ts'
import { writeAnswer, writeStream } from './write-answer.ts'

/** Ollama's own chat. https://docs.ollama.com/api/chat */
export function ollamaChatFormat(): SimulatedFormat {
  return {
    id: 'ollama-chat',
    serves: (path) => /^(?:\/compatible)?\/api\/chat$/.test(path),
    readModel,
    readCall,
    writeCallId: (_call, _name, _index, random) => `call_${random(8)}`,
    writeAnswer,
    streamHeaders: { 'content-type': 'application/x-ndjson' },
    writeStream,
    breakFrame: ({ data }) => `${String(data).slice(0, Math.floor(data.length * 0.8))}\n`,
    writeError,
    writeStreamError: (rejection) => `${writeError(rejection)}\n`,
  }
}
