import { askUpstream } from './ask-upstream.ts'
import type { ContentPart } from './core/content.ts'
import { GatewayError } from './core/errors.ts'
import { foldParts } from './core/fold.ts'
import { isJsonObject } from './core/json.ts'
import { parseAnswer } from './core/lossless-json.ts'
import type { Clock, HttpRequest, Log, Transport } from './core/ports.ts'
import type { ProviderCall } from './core/provider.ts'
import type { ChatRequest, Message } from './core/request.ts'
import type { StreamPart, Usage } from './core/stream-part.ts'
import { createTidier } from './core/tidy-parts.ts'
import type { WireFormat } from './core/wire-format.ts'
import type { Refine, Refined } from './dispatch/refined-calls.ts'
import type { BrokenCall } from './dispatch/settled-calls.ts'
import { describeErrors } from './tool-calls/describe-errors.ts'
import { pairedCalls } from './tool-calls/paired-calls.ts'
import type { SettledCall } from './tool-calls/settle-call.ts'
import { createCallSettler } from './tool-calls/settle-call.ts'

type RefineInput = {
  /** As the client sent it. */
  readonly chat: () => ChatRequest
  readonly rounds: number
  readonly transport: Transport
  readonly clock: Clock
  readonly log: Log
  /** When the whole call must be over, on the monotonic clock. */
  readonly deadlineAt: number
  /** How long one round may take, in milliseconds. */
  readonly roundMs: number
  /** The request that asks the target `later`. */
  prepare(later: ChatRequest, ask: ProviderCall['ask']): Again
}

type Again = {
  readonly request: HttpRequest | Promise<HttpRequest>
  /** Reads the model's answer to it; its calls as the model wrote them, by the client's names. */
  readonly format: WireFormat
}

type Pending = { readonly place: number; readonly start: BrokenCall['start']; readonly settled: SettledCall }

const MAX_BYTES = 16 * 1024 * 1024
const RESERVED_MS = 500

/**
 * Asks the model that broke its calls again, with what is wrong as the calls' results, as often as it is allowed to: until
 * all are in order, a call comes back as it was, none gets better, or time runs out (design/tool-calling.md §3.4).
 */
export function createRefine(input: RefineInput): Refine {
  return async (broken, signal) => {
    const calls = new Map<number, SettledCall>()
    const usage: Usage[] = []
    let pending = broken.map((one, place): Pending => ({ place, ...one }))
    for (let round = 0; round < input.rounds && pending.length > 0; round += 1) {
      const answered = await askAgain(input, pending, signal)
      if (answered === undefined) break
      if (answered.usage !== undefined) usage.push(answered.usage)
      const again = answered.standingFor(pending)
      pending = pending.flatMap((one, index): Pending[] => {
        const better = again[index]
        if (better === undefined) return []
        if (better.outcome !== 'broken') {
          calls.set(one.place, better)
          return []
        }
        const isNearer = better.errors.length < one.settled.errors.length
        return isNearer && better.argumentsText !== one.settled.argumentsText ? [{ ...one, settled: better }] : []
      })
    }
    return { calls, usage } satisfies Refined
  }
}

type Answered = {
  readonly usage: Usage | undefined
  /** For each the call of the answer that stands for it. */
  standingFor(pending: readonly Pending[]): (SettledCall | undefined)[]
}

async function askAgain(
  input: RefineInput,
  pending: readonly Pending[],
  signal: AbortSignal | undefined,
): Promise<Answered | undefined> {
  const { transport, clock, log, deadlineAt } = input
  const chat = input.chat()
  // What is left has to reach the client before the call's own end.
  const maxMs = Math.min(deadlineAt - clock.monotonic() - RESERVED_MS, input.roundMs)
  if (maxMs <= 0 || signal?.aborted === true) return undefined
  try {
    const ask = askUpstream(transport, clock, {
      maxMs,
      maxBytes: MAX_BYTES,
      ...(signal === undefined ? {} : { signal }),
    })
    const { request, format } = input.prepare(requestAgain(chat, pending), ask)
    const { status, body } = await ask(await request)
    if (status < 200 || status >= 300) throw format.readError(status, {}, body)
    const value = parseAnswer(body)
    if (!isJsonObject(value)) throw new GatewayError('upstream_malformed', 'The model answered with no object.')
    return answeredBy(format.readResponse(value), chat)
  } catch (thrown) {
    const code = thrown instanceof GatewayError ? thrown.code : 'upstream_malformed'
    log('warn', 'refine_failed', { code })
    return undefined
  }
}

function answeredBy(parts: readonly StreamPart[], chat: ChatRequest): Answered {
  const tidier = createTidier('again')
  const { blocks, usage } = foldParts([...tidier.push(parts), ...tidier.end()])
  const calls = blocks.filter((block) => block.type === 'tool-call' && block.isCut !== true)
  const settler = createCallSettler(chat.tools)
  const settled = calls.flatMap((call) => (call.type === 'tool-call' ? [settler.settle(call)] : []))
  return {
    usage,
    standingFor: (pending) =>
      pairedCalls(
        pending.map(({ settled: broken }) => broken),
        settled,
        (name) => chat.tools.some((tool) => tool.name === name),
      ),
  }
}

/** The conversation with the broken calls in it, whose results are their errors. */
function requestAgain(chat: ChatRequest, pending: readonly Pending[]): ChatRequest {
  const id = idsFor(chat, pending)
  const calls = pending.map((one): ContentPart => {
    const { name, argumentsText } = one.settled
    const { signature } = one.start
    return { type: 'tool-call', id: id(one), name, argumentsText, ...(signature === undefined ? {} : { signature }) }
  })
  const results = pending.map(
    (one): ContentPart => ({
      type: 'tool-result',
      callId: id(one),
      name: one.settled.name,
      content: [{ type: 'text', text: describeErrors(one.settled) }],
      isError: true,
    }),
  )
  const said: Message[] = [
    { role: 'assistant', content: calls, name: undefined },
    { role: 'tool', content: results, name: undefined },
  ]
  return { ...chat, ...held(chat, pending), stream: false, messages: [...chat.messages, ...said] }
}

/** The calls' own ids, where those are theirs alone. */
function idsFor(chat: ChatRequest, pending: readonly Pending[]): (one: Pending) => string {
  const before = chat.messages.flatMap(({ content }) =>
    content.flatMap((part) => (part.type === 'tool-call' ? [part.id] : [])),
  )
  const used = new Set(['', ...before])
  const ids = new Map<number, string>()
  for (const { start, place } of pending) {
    const id = used.has(start.id) ? `call_again_${before.length}_${place}` : start.id
    ids.set(place, id)
    used.add(id)
  }
  return ({ place }) => ids.get(place) ?? ''
}

/** One call that went wrong has to come back; of several, who knows which. */
function held(chat: ChatRequest, pending: readonly Pending[]): Pick<ChatRequest, 'toolChoice' | 'parallelToolCalls'> {
  const [only] = pending
  const isDeclared = chat.tools.some(({ name }) => name === only?.settled.name)
  if (pending.length > 1 || only === undefined || !isDeclared) {
    return { toolChoice: chat.toolChoice, parallelToolCalls: chat.parallelToolCalls }
  }
  return { toolChoice: { name: only.settled.name }, parallelToolCalls: false }
}
