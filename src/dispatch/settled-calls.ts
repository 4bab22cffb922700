import { parseExact } from '../core/lossless-json.ts'
import { isObjectText } from '../core/object-text.ts'
import type { StreamPart } from '../core/stream-part.ts'
import { isCutShort } from '../core/stream-part.ts'
import type { Tool } from '../core/tool.ts'
import type { CallOutcome } from '../core/tool-outcome.ts'
import type { SettledCall } from '../tool-calls/settle-call.ts'
import { createCallSettler } from '../tool-calls/settle-call.ts'
import { createToolNames } from '../tool-calls/tool-names.ts'
import type { CallStart, PartChange } from './held-calls.ts'
import { createHeldCalls } from './held-calls.ts'
import { isTextCall } from './text-calls.ts'

/** A call that its tool's schema does not allow, whatever was tried. */
export type BrokenCall = { readonly start: CallStart; readonly settled: SettledCall }

/** Calls in their order, those that are in order as their parts. */
export type HeldBack = readonly (BrokenCall | readonly StreamPart[])[]

export type SettledCalls = PartChange & {
  /** From the first broken call on; empty where nothing waits for a better one. */
  heldBack(): HeldBack
}

export type Settling = {
  /** As the client declared them. */
  readonly tools: readonly Tool[]
  /** Broken calls wait, since the model will be asked again. */
  readonly holdsBroken: boolean
  /** Told of every call once. */
  readonly onOutcome: (outcome: CallOutcome) => void
}

type WholeCall = { readonly start: CallStart; readonly argumentsText: string }

/**
 * Calls as the client's schemas want them, as a reader's parts pass: each is held until it is whole, then judged and, where
 * need be, mended (design/tool-calling.md §3.4). What is in order keeps its text. Arguments that are no object wait for the
 * end of the answer: where it was cut, so were they, and nobody mends them.
 */
export function createSettledCalls({ tools, holdsBroken, onOutcome }: Settling): SettledCalls {
  const settler = createCallSettler(tools)
  // From the first call on that cannot be judged yet, or is broken; they keep their order.
  const waiting: WholeCall[] = []
  // How often it was in the text, and how often beside it, by name and arguments.
  const said = new Map<string, { inText: number; beside: number }>()
  let isCut = false
  let heldBack: HeldBack = []

  const calls = createHeldCalls((start) => {
    if (start.custom === true) return undefined
    return { start: [], whole: (argumentsText) => whole({ start, argumentsText }) }
  })

  /** Some servers find the calls in the text, and leave them there. */
  function isSaidTwice({ start, argumentsText }: WholeCall): boolean {
    const key = `${start.name}\n${compact(argumentsText)}`
    const times = said.get(key) ?? { inText: 0, beside: 0 }
    said.set(key, times)
    const place = isTextCall(start.index) ? 'inText' : 'beside'
    times[place] += 1
    return times[place] <= times[place === 'inText' ? 'beside' : 'inText']
  }

  function whole(call: WholeCall): StreamPart[] {
    if (isSaidTwice(call)) return []
    const isReady = waiting.length === 0 && (isObjectText(call.argumentsText) || isTextCall(call.start.index))
    const settled = isReady ? settle(call) : undefined
    if (settled !== undefined && (settled.outcome !== 'broken' || !holdsBroken)) return passOn(call, settled)
    waiting.push(call)
    return []
  }

  function settle({ start: { name }, argumentsText }: WholeCall): SettledCall {
    return settler.settle({ name, argumentsText })
  }

  function passOn({ start }: WholeCall, settled: SettledCall): StreamPart[] {
    onOutcome(settled.outcome)
    return callParts(start, settled)
  }

  /** At the end of the answer. */
  function judge(call: WholeCall): BrokenCall | StreamPart[] {
    const { start, argumentsText } = call
    if (isCut && !isObjectText(argumentsText) && !isTextCall(start.index)) {
      onOutcome('cut')
      return [start, { type: 'tool-call-delta', index: start.index, argumentsText }]
    }
    const settled = settle(call)
    return settled.outcome === 'broken' && holdsBroken ? { start, settled } : passOn(call, settled)
  }

  return {
    push(part) {
      if (part.type === 'response-end') isCut = isCutShort(part.finishReason)
      return calls.push(part)
    },
    end() {
      const passing = calls.end()
      const judged = waiting.splice(0).map(judge)
      const first = judged.findIndex((one) => !Array.isArray(one))
      heldBack = first < 0 ? [] : judged.slice(first)
      return [...passing, ...(first < 0 ? judged : judged.slice(0, first)).flatMap((one) => (isParts(one) ? one : []))]
    },
    heldBack: () => heldBack,
    isHolding: () => waiting.length > 0 || calls.isHolding?.() === true,
  }
}

/** Arguments without the white space that says nothing. */
function compact(argumentsText: string): string {
  if (argumentsText.trim() === '') return '{}'
  try {
    return JSON.stringify(parseExact(argumentsText))
  } catch {
    return argumentsText
  }
}

export function isParts(one: HeldBack[number]): one is readonly StreamPart[] {
  return Array.isArray(one)
}

/** A call as parts, whole. */
export function callParts(
  start: CallStart,
  { name, argumentsText }: Pick<SettledCall, 'name' | 'argumentsText'>,
): StreamPart[] {
  const { index } = start
  return [
    { ...start, name },
    { type: 'tool-call-delta', index, argumentsText },
    { type: 'tool-call-end', index },
  ]
}

/** Tells what calls are worth that are passed on as they come: but for their names, which are known before all else. */
export function createWatchedCalls({ tools, onOutcome }: Omit<Settling, 'holdsBroken'>): PartChange {
  const settled = createSettledCalls({ tools, holdsBroken: false, onOutcome })
  const names = createToolNames(tools.map(({ name }) => name).filter((name) => name !== ''))
  return {
    push(part) {
      settled.push(part)
      if (part.type !== 'tool-call-start') return [part]
      return [{ ...part, name: names.find(part.name) ?? part.name }]
    },
    end() {
      settled.end()
      return []
    },
  }
}
