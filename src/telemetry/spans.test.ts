import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterEach, expect, test } from 'vitest'
import type { CallRecord } from './record.ts'
import { recordSpans } from './spans.ts'

afterEach(() => trace.disable())

const RECORD: CallRecord = {
  id: 'rt_1',
  endpoint: 'chat_completions',
  asked: 'auto',
  target: 'up/b',
  provider: 'up',
  status: 200,
  outcome: 'complete',
  stream: true,
  key: 'local',
  decision: {
    id: 'rt_1',
    model: 'up/a',
    policy: 'balanced',
    router: 'uniform@1',
    reason: 'best in band',
    candidates: [],
    dropped: [],
    front: [],
    knee: null,
    truncated: false,
    router_timed_out: false,
    elapsed_ms: 1,
  },
  attempts: [
    { target: 'up/a', outcome: 'upstream_error', status: 500, elapsedMs: 40 },
    { target: 'up/b', outcome: 'ok', status: 200, elapsedMs: 60 },
  ],
  elapsedMs: 120,
  overheadMs: 2,
  ttftMs: 60,
  usage: {
    inputTokens: 10,
    outputTokens: 20,
    cachedInputTokens: undefined,
    cacheWriteTokens: undefined,
    reasoningTokens: undefined,
  },
  estimated: [],
  costUsd: 0.001,
  finishReason: 'stop',
  detail: undefined,
}

test('one span a call, a child an attempt, the decision as an event', () => {
  const exporter = new InMemorySpanExporter()
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
  recordSpans(RECORD, 1_700_000_000_000, undefined)
  const spans = exporter.getFinishedSpans()
  const call = spans.find((span) => span.name === 'chat up/b')
  expect(call?.attributes).toMatchObject({
    'gen_ai.request.model': 'auto',
    'gen_ai.response.model': 'up/b',
    'gen_ai.usage.output_tokens': 20,
    'thalamus.route.policy': 'balanced',
  })
  expect(call?.events.map((event) => event.name)).toEqual(['decision'])
  const attempts = spans.filter((span) => span.name.startsWith('attempt'))
  expect(attempts.map((span) => span.attributes['thalamus.attempt.outcome'])).toEqual(['upstream_error', 'ok'])
  expect(attempts.every((span) => span.parentSpanContext?.spanId === call?.spanContext().spanId)).toBe(true)
})

test('a span says which counts the upstream did not say', () => {
  const exporter = new InMemorySpanExporter()
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
  recordSpans(RECORD, 1_700_000_000_000, undefined)
  recordSpans({ ...RECORD, estimated: ['output'] }, 1_700_000_000_000, undefined)
  const calls = exporter.getFinishedSpans().filter((span) => span.name === 'chat up/b')
  expect(calls.map(({ attributes }) => attributes['thalamus.usage.estimated'])).toEqual([undefined, ['output']])
})

test('without an SDK nothing happens', () => {
  expect(() => recordSpans(RECORD, 1_700_000_000_000, undefined)).not.toThrow()
})
