import { describe, expect, test } from 'vitest'
import type { WireFormat } from '../../src/core/wire-format.ts'
import type { Differences, ProviderCase } from './case-data.ts'
import { hasCases } from './case-data.ts'
import type { Decoded } from './decode.ts'
import { decode } from './decode.ts'

export { DATA } from '../data-folder.ts'
export type { Differences, ProviderCase } from './case-data.ts'
export { casesOf, hasCases } from './case-data.ts'

export const CUTS = [1, 2, 3, 7, 64] as const

/**
 * One test a case: it decodes to what is expected, and to the same at every cut. A case listed as different must differ:
 * a listing that has become wrong fails.
 */
export function describeCases(format: WireFormat, cases: readonly ProviderCase[], differences: Differences): void {
  describe.skipIf(!hasCases)(`${format.id}: recorded answers${hasCases ? '' : ' (no shared data here)'}`, () => {
    test('there are cases', () => expect(cases.length).toBeGreaterThan(0))
    test.each(cases.map((one) => [one.id, one.name, one] as const))('%s %s', (id, _name, one) => {
      const isStream = one.mode === 'stream'
      const whole = one.status === 200 ? decode(format, one.bytes, isStream) : refused(format, one)
      if (isStream && one.status === 200) {
        for (const cut of CUTS) expect(decode(format, one.bytes, true, cut), `cut at ${cut}`).toEqual(whole)
      }
      const differs = differences[id]
      if (differs === undefined) expect(comparable(whole)).toEqual(expectedOf(one, whole))
      else expect(comparable(whole), differs).not.toEqual(expectedOf(one, whole))
    })
    test('every difference names a case of this list', () => {
      const ids = new Set(cases.map((one) => one.id))
      expect(Object.keys(differences).filter((id) => !ids.has(id))).toEqual([])
    })
  })
}

function refused(format: WireFormat, one: ProviderCase): Decoded {
  const error = format.readError(one.status, {}, new TextDecoder().decode(one.bytes))
  return { calls: [], text: '', reasoning: '', finish: undefined, usage: undefined, error: error.code }
}

/** What is compared: arguments as values, counts with silence as zero. */
function comparable({ calls, text, reasoning, finish, usage, error }: Decoded): unknown {
  if (error !== undefined) return { isError: true }
  return {
    calls: calls.map((call) => ({ name: call.name, arguments: argumentsOf(call.argumentsText) })),
    text,
    reasoning,
    finish,
    usage: [
      usage?.inputTokens ?? 0,
      usage?.cachedInputTokens ?? 0,
      usage?.cacheWriteTokens ?? 0,
      usage?.outputTokens ?? 0,
      usage?.reasoningTokens ?? 0,
    ],
  }
}

/** An error inside an answer is an error for us, whatever the reference salvaged before it. */
function expectedOf({ expected }: ProviderCase, decoded: Decoded): unknown {
  const { usage, finish_reason: finish } = expected
  const isError = expected.error !== undefined || (expected.errors ?? []).length > 0 || finish?.unified === 'error'
  if (isError) return { isError: true }
  const { inputTokens: input = {}, outputTokens: output = {} } = usage ?? {}
  return {
    // What the provider's own tools did is no call for the client.
    calls: (expected.tool_calls ?? [])
      .filter((call) => call.provider_executed !== true)
      .map((call) => ({ name: call.name, arguments: argumentsOf(call.arguments) })),
    text: expected.content ?? '',
    reasoning: expected.reasoning ?? '',
    finish: finish?.unified ?? decoded.finish,
    usage: [input.total ?? 0, input.cacheRead ?? 0, input.cacheWrite ?? 0, output.total ?? 0, output.reasoning ?? 0],
  }
}

function argumentsOf(given: unknown): unknown {
  if (typeof given !== 'string') return given
  try {
    return JSON.parse(given)
  } catch {
    // Cut short by a limit: compared as text.
    return given
  }
}
