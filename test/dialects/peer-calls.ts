import type { JsonObject } from '../../src/core/json.ts'
import type { TextCall } from '../../src/dialects/dialect.ts'
import type { SettledCall } from '../../src/tool-calls/settle-call.ts'
import { createCallSettler } from '../../src/tool-calls/settle-call.ts'
import type { DialectCase } from './cases.ts'

// What the gateway makes of the calls in a text, beside what its reader does.

export type PeerCalls = {
  readonly calls: readonly { readonly name: string; readonly argumentsText: string }[]
  /** Whether a call is left out since its arguments are broken. */
  readonly hasRefused: boolean
}

/**
 * The calls that a source's expectation is compared with. vLLM's and ollama's parsers know of schemas only how raw values
 * are typed, so the comparison is with what the reader makes. The AI SDK's fits arguments to the tool's schema: what the
 * ladder makes of them. In JSON it also refuses calls that the schema does not allow, which are its text again: those are
 * the ones whose outcome is `broken`. Of markup it passes such on, as the gateway does.
 */
export function peerCalls(
  one: DialectCase,
  tools: ReadonlyMap<string, JsonObject>,
  read: readonly TextCall[],
): PeerCalls {
  if (one.source !== 'ai-sdk-tool-parser' || tools.size === 0) return { calls: read, hasRefused: false }
  const settled = settledCalls(tools, read)
  const calls = one.dialect === 'hermes' ? settled.filter((call) => !isRefused(call)) : settled
  return { calls, hasRefused: calls.length < read.length }
}

export function settledCalls(tools: ReadonlyMap<string, JsonObject>, calls: readonly TextCall[]): SettledCall[] {
  const settler = createCallSettler(
    [...tools].map(([name, parameters]) => ({ name, description: undefined, parameters })),
  )
  return calls.map((call) => settler.settle(call))
}

/** A call of a tool that is not declared is one all the same. */
function isRefused({ outcome, errors }: SettledCall): boolean {
  return outcome === 'broken' && errors.every(({ keyword }) => keyword !== 'name')
}
