import type { StreamPart } from '../core/stream-part.ts'
import type { WireFormat, WrittenRequest } from '../core/wire-format.ts'
import { createFreeText } from './free-text-calls.ts'
import type { PartChange } from './held-calls.ts'
import { createParallelCalls } from './parallel-calls.ts'
import type { TextCalls } from './text-calls.ts'
import { createTextCalls } from './text-calls.ts'

/** What of the client's tools a written request changed. */
export type ChangedTools = Pick<WrittenRequest, 'toolNames' | 'customTools'> & {
  /** A tool of the client's has the name under which models call several at once. */
  readonly hasParallelTool?: boolean
  /** Calls may stand in the text. */
  readonly textCalls?: TextCalls | undefined
}

/**
 * A format whose answers call tools as the client declared them: by its names, with free text where the tool takes that,
 * each call on its own.
 */
export function withToolsAsAsked(format: WireFormat, changed: ChangedTools): WireFormat {
  return {
    ...format,
    readResponse(body) {
      const asAsked = createChange(changed)
      return asAsked.last(format.readResponse(body))
    },
    createReader() {
      const reader = format.createReader()
      const asAsked = createChange(changed)
      return {
        ...reader,
        push: (event) => asAsked.push(reader.push(event)),
        end: () => asAsked.last(reader.end()),
      }
    },
  }
}

type Changes = {
  push(parts: StreamPart[]): StreamPart[]
  /** The same, and what was held until now. */
  last(parts: StreamPart[]): StreamPart[]
}

/** One change after the other: what a call of several holds may be renamed, or free text. */
function createChange({ toolNames, customTools, hasParallelTool = false, textCalls }: ChangedTools): Changes {
  const changes: PartChange[] = []
  if (textCalls !== undefined) changes.push(createTextCalls(textCalls))
  if (!hasParallelTool) changes.push(createParallelCalls())
  if (toolNames !== undefined) changes.push(renamed(toolNames))
  if (customTools !== undefined) changes.push(createFreeText(customTools))
  return {
    push(parts) {
      let said = parts
      for (const change of changes) said = said.flatMap(change.push)
      return said
    },
    last(parts) {
      let said = parts
      for (const change of changes) said = [...said.flatMap(change.push), ...change.end()]
      return said
    },
  }
}

function renamed(toolNames: ReadonlyMap<string, string>): PartChange {
  return {
    push: (part) =>
      part.type === 'tool-call-start' ? [{ ...part, name: toolNames.get(part.name) ?? part.name }] : [part],
    end: () => [],
  }
}
