import type { StreamPart } from '../core/stream-part.ts'
import type { WireFormat, WrittenRequest } from '../core/wire-format.ts'
import { createFreeText } from './free-text-calls.ts'

/** What of the client's tools a written request changed. */
export type ChangedTools = Pick<WrittenRequest, 'toolNames' | 'customTools'>

/** A change of parts on their way out of a reader; keeps state between them. */
type PartChange = { push(parts: readonly StreamPart[]): StreamPart[]; end(): StreamPart[] }

/** A format whose answers call tools as the client declared them: by its names, with free text where the tool takes that. */
export function withToolsAsAsked(format: WireFormat, changed: ChangedTools): WireFormat {
  const { toolNames, customTools } = changed
  if (toolNames === undefined && customTools === undefined) return format
  return {
    ...format,
    readResponse(body) {
      const asAsked = createChange(changed)
      return [...asAsked.push(format.readResponse(body)), ...asAsked.end()]
    },
    createReader() {
      const reader = format.createReader()
      const asAsked = createChange(changed)
      return {
        ...reader,
        push: (event) => asAsked.push(reader.push(event)),
        end: () => [...asAsked.push(reader.end()), ...asAsked.end()],
      }
    },
  }
}

function createChange({ toolNames, customTools }: ChangedTools): PartChange {
  const named = (part: StreamPart): StreamPart =>
    part.type === 'tool-call-start' ? { ...part, name: toolNames?.get(part.name) ?? part.name } : part
  if (customTools === undefined) return { push: (parts) => parts.map(named), end: () => [] }
  const freeText = createFreeText(customTools)
  return { push: (parts) => parts.flatMap((part) => freeText.push(named(part))), end: freeText.end }
}
