import { expect, test } from 'vitest'
import { priceUsage } from '../../src/usage/price.ts'
import { readUsage as readCohere, writeUsage as writeCohere } from '../../src/wire/cohere-chat/usage.ts'
import { readUsage as readGemini, writeUsage as writeGemini } from '../../src/wire/gemini-generate/usage.ts'
import { readUsage as readChat } from '../../src/wire/openai-chat/usage.ts'

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
