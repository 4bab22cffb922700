import { GatewayError } from './errors.ts'
import type { FinishReason, StreamPart, Usage } from './stream-part.ts'
import { mergeUsage } from './stream-part.ts'

/** Puts an upstream's parts in the order that every writer relies on. */
export type PartTidier = {
  push(parts: readonly StreamPart[]): StreamPart[]
  /** What was held back, the last usage, the finish. Throws `stream_interrupted` when no finish was ever said. */
  end(): StreamPart[]
}

type Queued = StreamPart | { readonly type: 'call'; readonly call: HeldCall }

/** A call that waits for the one before it. */
type HeldCall = { readonly start: StreamPart & { type: 'tool-call-start' }; held: string; hasEnded: boolean }

/**
 * Parts as readers give them, made orderly; what comes out holds for every upstream:
 * one `response-start` first; tool calls with dense indexes from 0, one after the other, each with its start, its deltas
 * and its end, with an id and with arguments that are never empty; at the end one `usage` where the upstream counted and one
 * `response-end`, whose reason fits the content (design/tool-calling.md §2.1). Other parts keep their order.
 * The first open call streams; what comes while it is open waits for its end.
 */
export function createTidier(callId: string): PartTidier {
  let hasStarted = false
  let usage: Usage | undefined
  let end: (StreamPart & { type: 'response-end' }) | undefined
  // By the upstream's index. A call ends with its own end or with the stream: some upstreams interleave.
  const open = new Map<number, HeldCall>()
  const queue: Queued[] = []
  let current: HeldCall | undefined
  let calls = 0
  const ids = new Set<string>()

  function push(parts: readonly StreamPart[]): StreamPart[] {
    const out: StreamPart[] = []
    for (const part of parts) take(part, out)
    return out
  }

  function take(part: StreamPart, out: StreamPart[]): void {
    switch (part.type) {
      case 'response-start':
        if (!hasStarted) out.push(part)
        hasStarted = true
        return
      case 'usage':
        usage = usage === undefined ? part.usage : mergeUsage(usage, part.usage)
        return
      case 'response-end':
        end = part
        return
      case 'tool-call-start':
        startCall(part, out)
        return
      case 'tool-call-delta':
        extendCall(part.index, part.argumentsText, out)
        return
      case 'tool-call-end':
        endCall(part.index, out)
        return
      default:
        if (current === undefined) begun(out).push(part)
        else queue.push(part)
    }
  }

  function begun(out: StreamPart[]): StreamPart[] {
    if (!hasStarted) out.push({ type: 'response-start', id: '', model: '' })
    hasStarted = true
    return out
  }

  function startCall(part: StreamPart & { type: 'tool-call-start' }, out: StreamPart[]): void {
    const known = open.get(part.index)
    // Some servers repeat the name with every delta: one call all the same.
    if (known !== undefined && !known.hasEnded && (part.id === '' || part.id === known.start.id)) return
    const call: HeldCall = { start: part, held: '', hasEnded: false }
    open.set(part.index, call)
    if (current === undefined) announce(call, begun(out))
    else queue.push({ type: 'call', call })
  }

  function announce(call: HeldCall, out: StreamPart[]): void {
    current = call
    out.push({ ...call.start, index: calls, id: uniqueId(call.start.id) })
    calls += 1
    if (call.held !== '') out.push(delta(call.held))
  }

  function uniqueId(said: string): string {
    const id = said !== '' && !ids.has(said) ? said : `call_${callId}_${calls}`
    ids.add(id)
    return id
  }

  function delta(argumentsText: string): StreamPart {
    return { type: 'tool-call-delta', index: calls - 1, argumentsText }
  }

  function extendCall(index: number, text: string, out: StreamPart[]): void {
    const call = open.get(index)
    if (call === undefined || text === '') return
    call.held = call === current ? `${call.held.slice(0, 1)}${text.slice(0, 1)}` : call.held + text
    if (call === current) out.push(delta(text))
  }

  function endCall(index: number, out: StreamPart[]): void {
    const call = open.get(index)
    if (call === undefined) return
    call.hasEnded = true
    if (call === current) closeCurrent(out)
  }

  function closeCurrent(out: StreamPart[]): void {
    if (current !== undefined) {
      const isCut = end?.finishReason === 'length'
      if (current.held === '' && current.start.custom !== true && !isCut) out.push(delta('{}'))
      out.push({ type: 'tool-call-end', index: calls - 1 })
    }
    current = undefined
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (next.type !== 'call') {
        out.push(next)
        continue
      }
      announce(next.call, out)
      if (!next.call.hasEnded) return
      closeCurrent(out)
      return
    }
  }

  return {
    push,
    end() {
      const out: StreamPart[] = []
      while (current !== undefined || queue.length > 0) closeCurrent(out)
      if (end === undefined) {
        throw new GatewayError('stream_interrupted', 'The model ended its answer without saying that it was complete.')
      }
      if (end.finishReason === 'error') {
        throw new GatewayError('upstream_error', 'The model broke its answer off because of an error of its own.', {
          detail: { finish: end.raw },
        })
      }
      begun(out)
      if (usage !== undefined) out.push({ type: 'usage', usage })
      out.push({ ...end, finishReason: fitting(end.finishReason, calls > 0) })
      return out
    },
  }
}

/** Decided from the content, not from the label: labels contradict it, and clients loop or stop on the label. */
function fitting(said: FinishReason, hasCalls: boolean): FinishReason {
  if (said === 'length' || said === 'content-filter') return said
  if (hasCalls) return 'tool-calls'
  return said === 'tool-calls' ? 'stop' : said
}
