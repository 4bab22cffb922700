import { afterAll, expect, test } from 'vitest'
import { routers } from '../../routers/index.ts'
import { classify } from '../../src/classify/classify.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { Router } from '../../src/core/router.ts'
import { createInference } from '../../src/platform/node/inference-onnx.ts'
import { createStore, digest } from '../../src/platform/node/ports.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { countedInference } from '../contract/counted-inference.ts'
import { target } from '../contract/describe-router.ts'

const inference = createInference()
afterAll(() => inference.close())

/** The `clusters` router, and how often its encoder has run. */
async function openCounted(): Promise<{ readonly router: Router; readonly runs: () => number }> {
  const { inference: counted, runs } = countedInference(inference)
  const clusters = routers.get('clusters')
  if (clusters === undefined) throw new Error('There is no router clusters.')
  const router = await clusters.open(clusters.settings.parse({}), { inference: counted, createStore, digest })
  const warmUp = runs()
  return { router, runs: () => runs() - warmUp }
}

const TOOLS = [{ type: 'function', function: { name: 'run_tests', parameters: { type: 'object' } } }]

test('a tool loop of forty turns is one inference and one prediction; the next user turn is another', async () => {
  const { router, runs } = await openCounted()
  const messages: JsonObject[] = [
    { role: 'system', content: 'You maintain this repository.' },
    { role: 'user', content: 'The nightly build is red. Find out why and mend it.' },
  ]
  const predict = async () => {
    const signals = classify(openaiChat.readRequest({ model: 'auto', messages, tools: TOOLS }))
    const { predictions } = await router.predict({
      signals,
      candidates: [target('openai/gpt-5-mini'), target('anthropic/claude-opus-4-6')],
      signal: new AbortController().signal,
    })
    return { predictions, phase: signals.phase }
  }
  const first = await predict()
  expect(first.phase).toBe('first-turn')
  for (let turn = 0; turn < 40; turn += 1) {
    const call = { id: `c${turn}`, type: 'function', function: { name: 'run_tests', arguments: '{}' } }
    messages.push({ role: 'assistant', content: `Attempt ${turn}.`, tool_calls: [call] })
    messages.push({ role: 'tool', tool_call_id: call.id, content: `Prove the Riemann hypothesis, ${turn} times.` })
    const next = await predict()
    expect(next.phase).toBe('tool-loop')
    expect(next.predictions).toEqual(first.predictions)
  }
  expect(runs()).toBe(1)
  messages.push(
    { role: 'assistant', content: 'Done.' },
    { role: 'user', content: 'Now translate the message to French.' },
  )
  const { phase } = await predict()
  expect(phase).toBe('user-turn')
  expect(runs()).toBe(2)
})
