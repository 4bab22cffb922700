import type { StreamPart } from '../core/stream-part.ts'
import type { Tool } from '../core/tool.ts'
import type { CallOutcome } from '../core/tool-outcome.ts'
import type { WireFormat, WrittenRequest } from '../core/wire-format.ts'
import { createToolNames } from '../tool-calls/tool-names.ts'
import { createFreeText } from './free-text-calls.ts'
import type { PartChange } from './held-calls.ts'
import { createParallelCalls } from './parallel-calls.ts'
import { createReadArguments } from './read-arguments.ts'
import type { HeldBack, SettledCalls } from './settled-calls.ts'
import { createSettledCalls, createWatchedCalls } from './settled-calls.ts'
import type { TextCalls } from './text-calls.ts'
import { createTextCalls } from './text-calls.ts'

/** What of the client's tools a written request changed, and how calls of them are to be taken. */
export type ChangedTools = Pick<WrittenRequest, 'toolNames' | 'customTools' | 'readArguments'> & {
  /** A tool of the client's has the name under which models call several at once. */
  readonly hasParallelTool?: boolean
  /** Calls may stand in the text. */
  readonly textCalls?: TextCalls | undefined
  /** As the client declared them, where calls are expected at all. */
  readonly tools?: readonly Tool[]
  /** How many times the model is asked again for broken calls. */
  readonly refine?: number
}

/** An upstream's format, and what its answer's calls are worth. */
export type AnswerFormat = WireFormat & {
  /** Of the calls that were read so far. */
  readonly callOutcomes?: readonly CallOutcome[]
  /** Tells what became of a call that was held back. */
  noteOutcome?(outcome: CallOutcome): void
  /** Whole answers with calls in them are written anew, also where no call had to be mended. */
  readonly rewritesCalls?: boolean
  /** At the end of the answer: calls that wait for better ones. */
  heldBack?(): HeldBack
}

/**
 * A format whose answers call tools as the client declared them: by its names and theirs of members, with arguments that its schemas
 * allow, with free text where the tool takes that, each call on its own.
 */
export function withToolsAsAsked(format: WireFormat, changed: ChangedTools): AnswerFormat {
  const callOutcomes: CallOutcome[] = []
  let settled: SettledCalls | undefined
  const noteOutcome = (outcome: CallOutcome): void => void callOutcomes.push(outcome)

  function createChange(isWhole: boolean): Changes {
    const { tools = [], textCalls, refine = 0 } = changed
    callOutcomes.length = 0
    const changes = namedAsAsked(changed, noteOutcome)
    if (tools.length === 0) return inTurn(changes)
    const settling = {
      tools,
      holdsBroken: refine > 0,
      onOutcome: noteOutcome,
    }
    // A stream of a server's own calls is not held up for what nearly never is to be mended.
    if (isWhole || textCalls !== undefined || refine > 0) {
      settled = createSettledCalls(settling)
      changes.push(settled)
    } else changes.push(createWatchedCalls(settling))
    return inTurn(changes)
  }

  return {
    ...format,
    callOutcomes,
    noteOutcome,
    heldBack: () => settled?.heldBack() ?? [],
    readResponse(body) {
      const asAsked = createChange(true)
      return asAsked.last(format.readResponse(body))
    },
    createReader() {
      const reader = format.createReader()
      const asAsked = createChange(false)
      return {
        ...reader,
        push: (event) => asAsked.push(reader.push(event)),
        end: () => asAsked.last(reader.end()),
        isAtWork: () => reader.isAtWork?.() === true || asAsked.isHolding(),
      }
    },
  }
}

type Changes = {
  push(parts: StreamPart[]): StreamPart[]
  /** The same, and what was held until now. */
  last(parts: StreamPart[]): StreamPart[]
  isHolding(): boolean
}

/** One change after the other: what a call of several holds may be renamed, or free text. */
function inTurn(changes: readonly PartChange[]): Changes {
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
    isHolding: () => changes.some((change) => change.isHolding?.() === true),
  }
}

function namedAsAsked(changed: ChangedTools, onOutcome: (outcome: CallOutcome) => void): PartChange[] {
  const { tools = [], toolNames, customTools, readArguments, hasParallelTool = false, textCalls } = changed
  const changes: PartChange[] = []
  if (textCalls !== undefined) changes.push(createTextCalls(textCalls, onOutcome))
  if (!hasParallelTool) changes.push(createParallelCalls())
  if (readArguments !== undefined) changes.push(createReadArguments(readArguments))
  if (toolNames !== undefined) changes.push(renamed(toolNames))
  if (customTools !== undefined) {
    const names = createToolNames([...tools.map(({ name }) => name).filter((name) => name !== ''), ...customTools])
    changes.push(createFreeText(customTools, names.find))
  }
  return changes
}

function renamed(toolNames: ReadonlyMap<string, string>): PartChange {
  return {
    push: (part) =>
      part.type === 'tool-call-start' ? [{ ...part, name: toolNames.get(part.name) ?? part.name }] : [part],
    end: () => [],
  }
}
