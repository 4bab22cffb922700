import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { providers } from '../../src/providers/index.ts'
import type { Program } from '../clients/start-program.ts'
import { startProgram } from '../clients/start-program.ts'
import type { Conversation } from './clients.ts'
import { CLIENTS, CUSTOM_CLIENT, GEMINI_NAMES, NAMES_CLIENT } from './clients.ts'

// A conversation with tools of three turns: the first answered by one provider, the rest by another. The simulator
// refuses what the real provider refuses (src/simulator/*/check-*.ts, rule by rule with its source).

type Played = {
  /** Where the simulator plays it. */
  readonly path: string
  /** In what its model's name begins: rules depend on it. */
  readonly model: string
  /** One of the right shape. */
  readonly key?: string
}

const PROVIDERS: Readonly<Record<string, Played>> = {
  openai: { path: '/v1', model: 'gpt-5-mini' },
  'azure-openai': { path: '/v1', model: 'gpt-5.4' },
  anthropic: { path: '/v1', model: 'claude-sonnet-4-5' },
  google: { path: '/v1beta', model: 'gemini-3-pro' },
  'google-vertex': { path: '/v1/projects/p/locations/global', model: 'gemini-2.5-flash' },
  'aws-bedrock': {
    path: '',
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    key: 'AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY',
  },
  mistral: { path: '/mistral/v1', model: 'mistral-large-latest' },
  cohere: { path: '', model: 'command-a-reasoning-08-2025' },
  groq: { path: '/groq/v1', model: 'openai/gpt-oss-120b' },
  deepseek: { path: '/deepseek/v1', model: 'deepseek-v4-pro' },
  xai: { path: '/xai/v1', model: 'grok-4' },
  moonshotai: { path: '/moonshot/v1', model: 'kimi-k2.5' },
  alibaba: { path: '/compatible/v1', model: 'qwen3-max' },
  together: { path: '/compatible/v1', model: 'Qwen/Qwen3-235B-A22B' },
  fireworks: { path: '/compatible/v1', model: 'accounts/fireworks/models/glm-4p6' },
  openrouter: { path: '/compatible/v1', model: 'z-ai/glm-4.6' },
  cerebras: { path: '/compatible/v1', model: 'qwen-3-32b' },
  ollama: { path: '/compatible', model: 'qwen3' },
  vllm: { path: '/compatible/v1', model: 'Qwen/Qwen3-8B' },
  sglang: { path: '/compatible/v1', model: 'Qwen/Qwen3-8B' },
  tgi: { path: '/compatible/v1', model: 'tgi' },
  'lm-studio': { path: '/compatible/v1', model: 'qwen3-8b' },
  'llama-cpp': { path: '/compatible/v1', model: 'qwen3-8b' },
}

const NAMES = Object.keys(PROVIDERS)
/** What the simulator does, as the last segment of the model's name says. */
const BEHAVIOURS = ['tool:get_weather', 'tool:get_weather;reasoning', 'tool-parallel'] as const
/** Results alone; and words of the user beside them, with every request asking for reasoning. */
const VARIANTS = ['results alone', 'words beside the results, thinking'] as const

/** A target: `provider/model/behaviour`. */
function targetOf(provider: string, behaviour: string): string {
  return `${provider}/${PROVIDERS[provider]?.model}/${behaviour}`
}

let simulator: RunningSimulator
let program: Program

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, maxBodyBytes: 2_000_000 })
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-pairs-'))
  const entries = NAMES.map((name) => {
    const { path = '', key = 'sk-test' } = PROVIDERS[name] ?? {}
    writeFileSync(join(folder, `${name}.key`), key)
    return `  ${name}: { base_url: '${simulator.url}${path}', key: 'file:${join(folder, `${name}.key`)}' }`
  })
  const facts = '{ tools: true, reasoning: true, context_tokens: 128000 }'
  const models = NAMES.flatMap((name) =>
    BEHAVIOURS.map((behaviour) => `  - { id: '${targetOf(name, behaviour)}', facts: ${facts} }`),
  )
  const config = join(folder, 'thalamus.yaml')
  const router = 'router: { use: uniform }'
  writeFileSync(config, `providers:\n${entries.join('\n')}\nmodels:\n${models.join('\n')}\n${router}\n`)
  program = await startProgram(['--config', config])
}, 60_000)

afterAll(async () => {
  await program?.close()
  await simulator?.close()
})

async function ask(request: { readonly path: string; readonly body: unknown }): Promise<unknown> {
  const response = await fetch(`${program.url}${request.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request.body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} of ${request.path}: ${text.slice(0, 600)}`)
  return JSON.parse(text)
}

/** A conversation of three turns, of which `first` answers the first and the last request. */
async function converse(conversation: Conversation, first: string, second: string, hasWords: boolean): Promise<void> {
  conversation.question('What is the weather in Paris?')
  conversation.keep(await ask(conversation.request(first)))
  if (conversation.answerCalls('sunny') === 0) throw new Error('the first turn called no tool')
  if (hasWords) conversation.addWords('Be quick about it.')
  conversation.keep(await ask(conversation.request(second)))
  // New words may lead to new calls.
  if (conversation.answerCalls('cloudy') > 0) conversation.keep(await ask(conversation.request(second)))
  conversation.question('And tomorrow?')
  conversation.keep(await ask(conversation.request(second)))
  if (conversation.answerCalls('rain') === 0) throw new Error('the third turn called no tool')
  if (hasWords) conversation.addWords('Be quick again.')
  conversation.keep(await ask(conversation.request(first)))
}

describe.each(CLIENTS.map((client) => [client.name, client] as const))('a client of %s', (_name, client) => {
  describe.each(BEHAVIOURS.flatMap((behaviour) => VARIANTS.map((variant) => [behaviour, variant] as const)))(
    '%s, %s',
    (behaviour, variant) => {
      test.each(NAMES)(
        'begins at %s and goes on at every other',
        async (first) => {
          const isPlain = variant === 'results alone'
          const failures: string[] = []
          for (const second of NAMES) {
            const targets = [targetOf(first, behaviour), targetOf(second, behaviour)] as const
            try {
              await converse(client.start(!isPlain), ...targets, !isPlain)
            } catch (thrown) {
              failures.push(`${first} ▶ ${second}: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
            }
          }
          expect(failures).toEqual([])
        },
        60_000,
      )
    },
  )
})

/** One answer that calls every tool, and one to the results. Returns the first. */
async function callAll(conversation: Conversation, provider: string, calls: number): Promise<unknown> {
  const model = targetOf(provider, 'tool-parallel')
  conversation.question('What is the weather in Paris?')
  const answer = await ask(conversation.request(model))
  conversation.keep(answer)
  expect(conversation.answerCalls('sunny')).toBe(calls)
  conversation.keep(await ask(conversation.request(model)))
  return answer
}

test.each(NAMES)('tools are called by names that only Gemini takes, at %s', async (provider) => {
  type Answer = { candidates: { content: { parts: { functionCall?: { name: string } }[] } }[] }
  const answer = (await callAll(NAMES_CLIENT.start(false), provider, GEMINI_NAMES.length)) as Answer
  const parts = answer.candidates[0]?.content.parts ?? []
  expect(parts.flatMap(({ functionCall }) => (functionCall === undefined ? [] : [functionCall.name]))).toEqual(
    GEMINI_NAMES,
  )
})

/** Who is asked in another format than the Responses API's. */
const TRANSLATED = NAMES.filter((name) => providers.get(name)?.alsoSpeaks?.includes('openai-responses') !== true)

test.each(TRANSLATED)('a tool that takes free text gets free text at %s', async (provider) => {
  type Answer = { output: { type: string; input?: string }[] }
  const { output } = (await callAll(CUSTOM_CLIENT.start(false), provider, 2)) as Answer
  const inputs = output.flatMap(({ type, input }) => (type === 'custom_tool_call' ? [input] : []))
  // The simulator calls a lone tool twice.
  expect(inputs).toEqual([expect.not.stringContaining('{'), expect.not.stringContaining('{')])
})
