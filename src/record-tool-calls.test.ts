import { expect, test } from 'vitest'
import type { CallOutcome } from './core/tool-outcome.ts'
import type { Observed } from './dispatch/observed.ts'
import { recordToolCalls } from './record-tool-calls.ts'
import { target } from './route/test-pool.ts'
import { createTelemetry } from './telemetry/telemetry.ts'
import { createToolReliability } from './usage/tool-reliability.ts'

const clock = { monotonic: () => 0, now: () => 0, timer: () => ({ cancel() {}, refresh() {} }) }

function answer(callOutcomes: readonly CallOutcome[]): Observed {
  const ending = { usage: undefined, finishReason: undefined }
  return { events: 1, firstPartAt: undefined, callOutcomes, ending: () => ending, sample: () => [] }
}

test('what became of an answer’s calls reaches routing and the metrics, by the dialect in which they were looked for', () => {
  const context = {
    toolReliability: createToolReliability(clock),
    telemetry: createTelemetry(() => {}, false, clock),
    textTools: (id: string) => (id === 'b/told' ? { dialect: 'hermes', isEmulated: false } : undefined),
  }
  const plain = target('a/one')
  const told = { ...target('b/told'), textTools: { dialect: 'sniff', isEmulated: false } }
  recordToolCalls(undefined, plain, context)
  recordToolCalls(answer([]), plain, context)
  recordToolCalls(answer(['cut']), plain, context)
  expect(context.toolReliability.share(plain).calls).toBe(0)
  recordToolCalls(answer(['valid', 'broken']), plain, context)
  recordToolCalls(answer(['valid']), told, context)
  const { reliability, calls } = context.toolReliability.share(plain)
  expect(calls).toBeCloseTo(2, 1)
  expect(context.toolReliability.share(told).calls).toBe(1)
  const lines = context.telemetry.renderMetrics().split('\n')
  expect(lines.filter((line) => line.startsWith('thalamus_tool_'))).toEqual([
    'thalamus_tool_calls_total{model="a/one",outcome="cut"} 1',
    'thalamus_tool_calls_total{model="a/one",outcome="valid"} 1',
    'thalamus_tool_calls_total{model="a/one",outcome="broken"} 1',
    'thalamus_tool_calls_total{model="b/told",outcome="valid"} 1',
    'thalamus_tool_dialect_calls_total{model="a/one",dialect="native",outcome="cut"} 1',
    'thalamus_tool_dialect_calls_total{model="a/one",dialect="native",outcome="valid"} 1',
    'thalamus_tool_dialect_calls_total{model="a/one",dialect="native",outcome="broken"} 1',
    'thalamus_tool_dialect_calls_total{model="b/told",dialect="hermes",outcome="valid"} 1',
    `thalamus_tool_reliability{model="a/one"} ${reliability}`,
    `thalamus_tool_reliability{model="b/told"} ${context.toolReliability.share(told).reliability}`,
  ])
  expect(lines).toContain('# TYPE thalamus_tool_reliability gauge')
})
