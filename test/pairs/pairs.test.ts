import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { Program } from '../clients/start-program.ts'
import { startProgram } from '../clients/start-program.ts'
import { CLIENTS } from './clients.ts'

// A conversation with tools of three turns: the first answered by one provider, the rest by another. The simulator
// refuses what the real provider refuses (src/simulator/*/check-*.ts, rule by rule with its source).

/** Provider ▶ where the simulator plays it, and a key of the right shape. */
const PROVIDERS: Readonly<Record<string, { readonly path: string; readonly key?: string }>> = {
  openai: { path: '/v1' },
  'azure-openai': { path: '/v1' },
  anthropic: { path: '/v1' },
  google: { path: '/v1beta' },
  'google-vertex': { path: '/v1/projects/p/locations/global' },
  'aws-bedrock': { path: '', key: 'AKIDEXAMPLE:secret' },
  mistral: { path: '/mistral/v1' },
  cohere: { path: '' },
  groq: { path: '/groq/v1' },
  deepseek: { path: '/deepseek/v1' },
  xai: { path: '/xai/v1' },
  moonshotai: { path: '/moonshot/v1' },
  alibaba: { path: '/v1' },
  together: { path: '/v1' },
  fireworks: { path: '/v1' },
  openrouter: { path: '/v1' },
  ollama: { path: '' },
  vllm: { path: '/v1' },
  sglang: { path: '/v1' },
  tgi: { path: '/v1' },
  'lm-studio': { path: '/v1' },
  'llama-cpp': { path: '/v1' },
}

const NAMES = Object.keys(PROVIDERS)
/** Model names select what the simulator does. Gemini's rules on signatures depend on the name, hence the alias. */
const MODELS = ['tool:get_weather', 'tool:get_weather;reasoning', 'tool-parallel'] as const

let simulator: RunningSimulator
let program: Program

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, maxBodyBytes: 2_000_000 })
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-pairs-'))
  const providers = NAMES.map((name) => {
    const { path, key = 'sk-test' } = PROVIDERS[name] ?? { path: '' }
    writeFileSync(join(folder, `${name}.key`), key)
    return `  ${name}: { base_url: '${simulator.url}${path}', key: 'file:${join(folder, `${name}.key`)}' }`
  })
  const facts = '{ tools: true, context_tokens: 128000 }'
  const models = NAMES.flatMap((name) => MODELS.map((model) => `  - { id: '${name}/${model}', facts: ${facts} }`))
  const config = join(folder, 'thalamus.yaml')
  const router = 'router: { use: uniform }'
  writeFileSync(config, `providers:\n${providers.join('\n')}\nmodels:\n${models.join('\n')}\n${router}\n`)
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

describe.each(CLIENTS.map((client) => [client.name, client] as const))('a client of %s', (_name, client) => {
  describe.each(MODELS)('%s', (model) => {
    test.each(NAMES)(
      'begins at %s and goes on at every other',
      async (first) => {
        const failures: string[] = []
        for (const second of NAMES) {
          const conversation = client.start()
          try {
            conversation.question('What is the weather in Paris?')
            conversation.keep(await ask(conversation.request(`${first}/${model}`)))
            const calls = conversation.answerCalls('sunny')
            if (calls === 0) throw new Error('the first turn called no tool')
            conversation.keep(await ask(conversation.request(`${second}/${model}`)))
            conversation.question('And tomorrow?')
            conversation.keep(await ask(conversation.request(`${second}/${model}`)))
            if (conversation.answerCalls('rain') === 0) throw new Error('the third turn called no tool')
            conversation.keep(await ask(conversation.request(`${first}/${model}`)))
          } catch (thrown) {
            failures.push(`${first} ▶ ${second}: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
          }
        }
        expect(failures).toEqual([])
      },
      60_000,
    )
  })
})
