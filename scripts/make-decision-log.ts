import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { routers } from '../routers/index.ts'
import { SIMULATED_POOL } from '../src/config/catalog.ts'
import { configSchema } from '../src/config/config-schema.ts'
import type { Decision } from '../src/core/decision.ts'
import { readRecord } from '../src/decision-log/read-record.ts'
import type { LogRecord } from '../src/decision-log/record.ts'
import { generator } from '../src/eval/generator.ts'
import { createGateway } from '../src/gateway.ts'
import { snapshotOf } from '../src/platform/node/cli/open-gateway.ts'
import { createInference } from '../src/platform/node/inference-onnx.ts'
import { openLogFile } from '../src/platform/node/log-file.ts'
import { createNodePorts } from '../src/platform/node/ports.ts'
import { BUILT_IN_PROBES, readProbes } from '../src/platform/node/read-probes.ts'
import { createSecrets } from '../src/platform/node/secrets.ts'
import { serve } from '../src/platform/node/serve.ts'
import { startSimulator } from '../src/platform/node/simulate.ts'
import { conversationOf } from '../src/probes/request-of.ts'

// Makes the decision log of docs/replay.md: the gateway with the simulated pool answers prompts of probes/, one after
// the other. The decisions are real. The simulator's words cannot be graded, so rewards are drawn, with a seed, from
// what the router predicts of the model that was asked; and with `--explore 0.2` this share of decisions is redrawn
// among the candidates, as a gateway that explores would, with its propensity. `--rounds 10` asks each prompt ten times.
// Ids and times differ from run to run.
//
//   node scripts/make-decision-log.ts --out /tmp/decisions.jsonl --policy balanced --explore 0

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: '/tmp/thalamus-replay/decisions.jsonl' },
    policy: { type: 'string', default: 'balanced' },
    prompts: { type: 'string', default: '200' },
    explore: { type: 'string', default: '0' },
    rounds: { type: 'string', default: '1' },
    text: { type: 'boolean', default: false },
    seed: { type: 'string', default: '42' },
  },
})
const path = resolve(values.out)
const explore = Number(values.explore)
const random = generator(Number(values.seed))

await drive(Number(values.prompts))
const graded = readFileSync(path, 'utf8').split('\n').flatMap(gradedLines)
writeFileSync(path, graded.join(''))
process.stdout.write(`${path}: ${graded.length} records\n`)

async function drive(prompts: number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true })
  const read = readProbes(BUILT_IN_PROBES)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  const simulator = await startSimulator({ host: '127.0.0.1', port: 0 })
  const config = configSchema.parse({
    providers: { simulated: { base_url: `${simulator.url}/v1` } },
    models: SIMULATED_POOL.map((id) => `simulated/${id}`),
    policy: values.policy,
    // A busy machine must not change decisions.
    router: { deadline_ms: 5_000 },
    telemetry: { decision_log: { path, prompts: values.text } },
  })
  const built = await snapshotOf(config)
  const decisionLog = await openLogFile(config.telemetry.decision_log, dirname(path))
  if ('problems' in built || decisionLog === undefined || 'problems' in decisionLog) throw new Error('no gateway')
  const log = (): void => undefined
  const ports = createNodePorts({ inference: createInference({ log }), secrets: createSecrets({}), log })
  const gateway = await createGateway({ snapshot: built.snapshot, ports, routers, decisionLog })
  const server = await serve(gateway, { host: '127.0.0.1', port: 0 })
  // Evenly from all of the files, not the first ones alone.
  const step = Math.max(1, read.probes.length / prompts)
  const asked = Math.min(prompts, read.probes.length)
  for (let index = 0; index < asked * Number(values.rounds); index += 1) {
    const probe = read.probes[Math.floor((index % asked) * step)]
    if (probe === undefined) continue
    const body = { ...conversationOf(probe), model: 'auto', max_tokens: 256 }
    const answer = await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(body) })
    await answer.arrayBuffer()
  }
  await server.close(0)
  await gateway.close()
  await simulator.close()
}

function gradedLines(line: string): string[] {
  const record = readRecord(line)
  if (record === undefined) return []
  if (record.type !== 'decision') return [text(record)]
  const decision = explore === 0 ? record.decision : explored(record.decision)
  const quality = decision.candidates.find(({ model }) => model === decision.model)?.quality ?? 0
  const { id, time } = record
  const reward = random() < quality ? 1 : 0
  return [
    text({ ...record, decision }),
    text({ type: 'outcome', id, model: decision.model, source: 'user', reward, time: time + 1_000 }),
  ]
}

/** Another candidate for a share of decisions, each with the same chance; the chosen one with what is left. */
function explored(decision: Decision): Decision {
  const { candidates, model } = decision
  const each = explore / candidates.length
  const drawn = random() < explore ? candidates[Math.floor(random() * candidates.length)]?.model : undefined
  const chosen = drawn ?? model
  return { ...decision, model: chosen, propensity: each + (chosen === model ? 1 - explore : 0) }
}

function text(record: LogRecord): string {
  return `${JSON.stringify(record)}\n`
}
