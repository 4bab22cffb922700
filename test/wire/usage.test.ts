import { expect, test } from 'vitest'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { NO_USAGE } from '../../src/core/stream-part.ts'
import { priceUsage } from '../../src/usage/price.ts'
import { readUsage as readMessages } from '../../src/wire/anthropic-messages/usage.ts'
import { readUsage as readConverse } from '../../src/wire/bedrock-converse/usage.ts'
import { readUsage as readCohere, writeUsage as writeCohere } from '../../src/wire/cohere-chat/usage.ts'
import { readUsage as readGemini, writeUsage as writeGemini } from '../../src/wire/gemini-generate/usage.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { readUsage as readChat } from '../../src/wire/openai-chat/usage.ts'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'
import { readUsage as readResponses } from '../../src/wire/openai-responses/usage.ts'
import { partsOf } from './decode.ts'
import { CONTEXT, eventsOf } from './rewrite.ts'

// Counts as providers sent them, and what they cost at the provider's own prices.

test('Cohere’s bill is read beside its count, and is not written over it', () => {
  const said = { billed_units: { input_tokens: 9, output_tokens: 3 }, tokens: { input_tokens: 504, output_tokens: 4 } }
  const usage = readCohere(said)
  expect(usage).toMatchObject({ inputTokens: 504, outputTokens: 4, billedInputTokens: 9, billedOutputTokens: 3 })
  expect(writeCohere(usage)).toEqual(said)
  const unbilled = readCohere({ tokens: said.tokens })
  expect(unbilled).not.toHaveProperty('billedInputTokens')
  expect(writeCohere(unbilled)).toEqual({ billed_units: said.tokens, tokens: said.tokens })
})

// https://docs.perplexity.ai/guides/pricing: 2 $ in and for citations, 8 $ out, 3 $ for reasoning.
const RESEARCH = { price_in: 2, price_out: 8, price_reasoning: 3 }

test('Perplexity’s reasoning and sources, which its total leaves out, are paid for', () => {
  const counts = { prompt_tokens: 33, completion_tokens: 7_163, total_tokens: 7_196, reasoning_tokens: 73_997 }
  const usage = readChat(counts)
  expect(usage).toMatchObject({ inputTokens: 33, outputTokens: 7_163 + 73_997, reasoningTokens: 73_997 })
  expect(priceUsage(RESEARCH, usage)).toBeCloseTo((33 * 2 + 7_163 * 8 + 73_997 * 3) / 1e6, 10)
  const cited = readChat({ ...counts, citation_tokens: 20_016, num_search_queries: 30 })
  expect(cited).toMatchObject({ inputTokens: 33, billedInputTokens: 20_049 })
  expect(priceUsage(RESEARCH, cited)).toBeCloseTo((20_049 * 2 + 7_163 * 8 + 73_997 * 3) / 1e6, 10)
  // Little reasoning is beside the answer as well.
  expect(readChat({ ...counts, reasoning_tokens: 10, citation_tokens: 5 }).outputTokens).toBe(7_173)
})

test('reasoning that SGLang says at the top is part of its completion', () => {
  const usage = readChat({ prompt_tokens: 5, completion_tokens: 100, total_tokens: 105, reasoning_tokens: 60 })
  expect(usage).toMatchObject({ outputTokens: 100, reasoningTokens: 60 })
})

test('Gemini’s cached sound is read and written', () => {
  const said = {
    promptTokenCount: 1_000,
    candidatesTokenCount: 5,
    totalTokenCount: 1_005,
    cachedContentTokenCount: 400,
    promptTokensDetails: [
      { modality: 'TEXT', tokenCount: 600 },
      { modality: 'AUDIO', tokenCount: 400 },
    ],
    cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 400 }],
  }
  const usage = readGemini(said, undefined)
  expect(usage).toMatchObject({ inputAudioTokens: 400, cachedInputTokens: 400, cachedAudioTokens: 400 })
  // ai.google.dev/gemini-api/docs/pricing, Gemini 2.5 Flash.
  const facts = { price_in: 0.3, price_out: 2.5, price_cached_in: 0.03, price_audio_in: 1, price_audio_cached_in: 0.1 }
  if (usage === undefined) throw new Error('no usage')
  expect(priceUsage(facts, usage)).toBeCloseTo((600 * 0.3 + 400 * 0.1 + 5 * 2.5) / 1e6, 12)
  expect(readGemini(writeGemini(usage), undefined)).toMatchObject({ cachedInputTokens: 400, cachedAudioTokens: 400 })
})

test('Gemini’s pictures are read and written', () => {
  const details = [{ modality: 'IMAGE', tokenCount: 1_290 }]
  const said = { promptTokenCount: 9, candidatesTokenCount: 1_300, candidatesTokensDetails: details }
  const usage = readGemini(said, undefined)
  expect(usage).toMatchObject({ outputTokens: 1_300, outputImageTokens: 1_290 })
  if (usage === undefined) throw new Error('no usage')
  expect(writeGemini(usage)).toMatchObject({
    candidatesTokensDetails: [{ modality: 'TEXT', tokenCount: 10 }, ...details],
  })
})

test('each format says in its own place how a call was served', () => {
  const chat = { prompt_tokens: 1, completion_tokens: 1 }
  expect(readChat(chat, { service_tier: 'priority' })).toMatchObject({ serviceTier: 'priority' })
  expect(readResponses({ input_tokens: 1, output_tokens: 1 }, { service_tier: 'flex' })).toMatchObject({
    serviceTier: 'flex',
  })
  const fast = { service_tier: 'standard', speed: 'fast', inference_geo: 'us' }
  expect(
    readMessages({ input_tokens: 1, output_tokens: 1, ...fast, server_tool_use: { web_search_requests: 3 } }),
  ).toMatchObject({ serviceTier: 'standard', speed: 'fast', inferenceGeo: 'us', webSearches: 3 })
  expect(readConverse({ inputTokens: 1, outputTokens: 1 }, { serviceTier: { type: 'flex' } })).toMatchObject({
    serviceTier: 'flex',
  })
  const metadata = { promptTokenCount: 1, candidatesTokenCount: 1 }
  const tierOf = (more: object) => readGemini({ ...metadata, ...more }, undefined)?.serviceTier
  expect(tierOf({ serviceTier: 'SERVICE_TIER_FLEX' })).toBe('flex')
  expect(tierOf({ serviceTier: 'priority' })).toBe('priority')
  expect(tierOf({ trafficType: 'ON_DEMAND' })).toBe('on_demand')
  expect(tierOf({ trafficType: 'ON_DEMAND_PRIORITY' })).toBe('priority')
  expect(tierOf({ trafficType: 'TRAFFIC_TYPE_UNSPECIFIED' })).toBe('unspecified')
  expect(tierOf({ trafficType: 'PROVISIONED_THROUGHPUT' })).toBe('provisioned_throughput')
})

test('a provider’s own bill is read in its own unit', () => {
  const counts = { prompt_tokens: 194, completion_tokens: 2, input_tokens: 194, output_tokens: 2 }
  const costs = (more: object) => [
    readChat({ ...counts, ...more }).costUsd,
    readResponses({ ...counts, ...more }).costUsd,
  ]
  const both = (cost: number | undefined) => [cost, cost]
  // OpenRouter, with its own key at the vendor and with the caller's.
  expect(costs({ cost: 0.95, is_byok: false, cost_details: { upstream_inference_cost: 0.95 } })).toEqual(both(0.95))
  expect(costs({ cost: 0.05, is_byok: true, cost_details: { upstream_inference_cost: 1 } })).toEqual(both(1.05))
  expect(costs({ cost: 0 })).toEqual(both(0))
  expect(costs({ cost_in_usd_ticks: 37_756_000 })).toEqual(both(0.0037756))
  expect(costs({ cost: { input_tokens_cost: 0.001, request_cost: 0.005, total_cost: 0.006 } })).toEqual(both(0.006))
  expect(costs({ cost: { total_cost: 0.006, currency: 'EUR' } })).toEqual(both(undefined))
  expect(costs({ cost: -1 })).toEqual(both(undefined))
  expect(readChat(counts)).not.toHaveProperty('costUsd')
})

test.each([openaiChat, openaiResponses])(
  'the tier that served is said to clients of $id in its own words',
  (format) => {
    const answered = (serviceTier: string): StreamPart[] => [
      { type: 'response-start', id: '', model: 'm' },
      { type: 'text-delta', text: 'Hi' },
      { type: 'usage', usage: { ...NO_USAGE, serviceTier } },
      { type: 'response-end', finishReason: 'stop', raw: undefined },
    ]
    expect(format.writeResponse(answered('flex'), CONTEXT)).toMatchObject({ service_tier: 'flex' })
    expect(format.writeResponse(answered('standard'), CONTEXT)).not.toHaveProperty('service_tier')
    const events = eventsOf(format, answered('flex')).map(({ data }) => data)
    expect(events.filter((data) => data.includes('"service_tier":"flex"'))).not.toEqual([])
    const read = partsOf(format, new TextEncoder().encode(events.map((data) => `data: ${data}\n\n`).join('')), true)
    expect(read.find((part) => part.type === 'usage')?.usage.serviceTier).toBe('flex')
  },
)
