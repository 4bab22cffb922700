import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { fitModel } from './fit-model.ts'

const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]

function fitted(change: JsonObject, model: string) {
  const body: JsonObject = { contents, ...change }
  const lost: string[] = []
  const sent = fitModel(body, model, (path) => void lost.push(path))
  return { isSame: sent === body, sent, lost }
}

const think = (thinkingConfig: JsonObject): JsonObject => ({ generationConfig: { temperature: 0, thinkingConfig } })

test('what a model takes stays as it is', () => {
  const taken: readonly (readonly [JsonObject, string])[] = [
    [{}, 'gemini-2.5-pro'],
    [think({ thinkingBudget: 0 }), 'gemini-2.5-flash'],
    [think({ thinkingBudget: -1, includeThoughts: false }), 'gemini-2.5-pro'],
    [think({ thinkingBudget: 9_000, includeThoughts: true }), 'gemini-3-pro-preview'],
    [think({ thinkingLevel: 'low' }), 'gemini-3-pro-preview'],
    [think({ thinkingLevel: 'HIGH' }), 'a-tuned-model'],
    [{ generation_config: { thinking_config: { thinking_budget: 2_000 } } }, 'gemini-2.5-pro'],
    [{ generationConfig: { responseMimeType: 'application/json' } }, 'gemini-2.5-pro'],
  ]
  for (const [change, model] of taken)
    expect(fitted(change, model), JSON.stringify(change)).toMatchObject({ isSame: true, lost: [] })
})

test('how much to think is said in the words of the model’s generation', () => {
  const config = (change: JsonObject, model: string) => {
    const { sent, lost } = fitted(change, model)
    return [sent['generationConfig'], lost]
  }
  const budget = (thinkingBudget: number) => ({ temperature: 0, thinkingConfig: { thinkingBudget } })
  expect(config(think({ thinkingLevel: 'LOW' }), 'gemini-2.5-pro')).toEqual([budget(1_024), []])
  expect(config(think({ thinkingBudget: 0 }), 'gemini-2.5-pro')).toEqual([
    budget(128),
    ['generationConfig.thinkingConfig.thinkingBudget'],
  ])
  expect(config(think({ thinkingBudget: 32_000 }), 'gemini-2.5-flash')).toEqual([
    budget(24_576),
    ['generationConfig.thinkingConfig.thinkingBudget'],
  ])
  expect(config(think({ thinkingLevel: 'MINIMAL' }), 'gemini-3-pro-preview')).toEqual([
    { temperature: 0, thinkingConfig: { thinkingLevel: 'LOW' } },
    ['generationConfig.thinkingConfig.thinkingLevel'],
  ])
  expect(config({ generation_config: { thinking_config: { thinking_level: 'LOW' } } }, 'gemma-3-27b-it')).toEqual([
    {},
    ['generation_config.thinking_config'],
  ])
})

test('a format beside functions, or for Gemma, is asked for in words', () => {
  const generationConfig = { responseMimeType: 'application/json', responseSchema: { type: 'OBJECT' } }
  const tools = [{ functionDeclarations: [{ name: 'get' }] }]
  const said = { system_instruction: { parts: [{ text: 'Be kind.' }] }, generationConfig, tools }
  expect(fitted(said, 'gemini-3-flash').isSame).toBe(true)
  const { sent, lost } = fitted(said, 'gemini-2.5-flash')
  expect(sent).toEqual({
    contents,
    tools,
    generationConfig: {},
    systemInstruction: { parts: [{ text: 'Be kind.' }, { text: expect.stringContaining('JSON Schema') }] },
  })
  expect(lost).toEqual(['generationConfig.responseSchema'])
  const gemma = fitted({ generationConfig }, 'gemma-3-27b-it').sent
  expect(gemma).not.toHaveProperty('systemInstruction')
  expect(gemma['contents']).toHaveLength(2)
})
