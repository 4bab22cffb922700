import type { StreamPart } from '../core/stream-part.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { sniffedCalls } from './text-tools.ts'
import type { AnswerFormat, ChangedTools } from './tools-as-asked.ts'
import { withToolsAsAsked } from './tools-as-asked.ts'

/**
 * An answer of which its server made an error, since it found no calls in it: as a format that reads the answer from `text`,
 * whatever it is given; `undefined` where there are no calls in it that are in order (design/tool-calling.md §5, nr 23).
 */
export function salvaged(text: string, format: WireFormat, changed: ChangedTools): AnswerFormat | undefined {
  const { tools = [], toolNames } = changed
  const parts: StreamPart[] = [
    { type: 'response-start', id: '', model: '' },
    { type: 'text-delta', text },
    { type: 'response-end', finishReason: 'stop', raw: 'tool_use_failed' },
  ]
  const said: WireFormat = {
    ...format,
    // Another object than the client's own format: the answer is written anew.
    readResponse: () => parts,
    createReader: () => ({ push: () => [], end: () => parts }),
  }
  const read = withToolsAsAsked(said, { ...changed, refine: 0, textCalls: sniffedCalls(tools, toolNames) })
  read.readResponse({})
  const { callOutcomes = [] } = read
  return callOutcomes.length > 0 && !callOutcomes.includes('broken') ? read : undefined
}
