import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'

// Anthropic shows the thoughts of a budget by default; Google and OpenAI have to be asked for theirs.

/** What Google and OpenAI are asked for on behalf of a client of Messages. */
function asked(thinking: JsonObject): JsonObject {
  const messages = [{ role: 'user', content: 'Why?' }]
  const request = anthropicMessages.readRequest({ model: 'auto', max_tokens: 8_000, messages, thinking })
  return {
    google: geminiGenerate.writeRequest(request, 'gemini-2.5-flash').body['generationConfig'],
    openai: openaiResponses.writeRequest(request, 'gpt-5').body['reasoning'],
  }
}

const SHOWN = { google: { thinkingConfig: { includeThoughts: true } }, openai: { summary: 'auto' } }

test('a client of Messages that gives a budget for thoughts is shown them by every provider', () => {
  expect(asked({ type: 'enabled', budget_tokens: 2_000 })).toMatchObject(SHOWN)
  expect(asked({ type: 'adaptive', display: 'summarized' })).toMatchObject(SHOWN)
})

test('one that wants none of them, or did not ask a model that decides for itself, is not', () => {
  for (const thinking of [{ type: 'enabled', budget_tokens: 2_000, display: 'omitted' }, { type: 'adaptive' }]) {
    const { google, openai } = asked(thinking)
    expect(google).not.toHaveProperty('thinkingConfig.includeThoughts')
    expect(openai ?? {}).not.toHaveProperty('summary')
  }
})
