import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { Directives } from '../../src/core/directives.ts'
import { route } from '../../src/route/route.ts'
import { signals, TODAY } from '../../src/route/test-pool.ts'
import { generator, readyRouter, somePool, TEN_FLAGS, TEN_STRICT } from './pool.ts'

// The policy alone: filter, estimate, score, choose, front. The predictions are ready.
// node bench/route/run.ts [--rounds 400] [--json FILE]

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '400' }, json: { type: 'string' } } })
const rounds = Number(values.rounds)
const PLAIN: Directives = { weights: { cost: 1, latency: 0.25 }, quality: { band: 2 } }
const POLICIES = { balanced: PLAIN, 'ten flags': TEN_FLAGS, 'ten strict flags': TEN_STRICT }
const SIZES = [8, 50, 500, 10_000]

type Row = { models: number; flags: string; ms_p50: number; ms_p95: number; kb_per_decision: number }
const rows: Row[] = []
for (const size of SIZES) {
  const random = generator(size)
  const candidates = somePool(size, random)
  const router = readyRouter(candidates, random)
  for (const [flags, directives] of Object.entries(POLICIES)) {
    const input = {
      id: 'rt_bench',
      signals: signals({ promptTokens: 900 }),
      candidates,
      directives,
      policy: { name: 'bench', description: '', directives: {}, fixedOrder: 'listed' as const },
      router,
      deadlineMs: 1_000,
      live: () => undefined,
      clock: { monotonic: () => performance.now(), now: () => 0, timer: () => ({ cancel() {}, refresh() {} }) },
      today: TODAY,
      log: () => {},
    }
    const decide = () => route(input).catch(() => undefined)
    for (let round = 0; round < rounds; round += 1) await decide()
    const before = process.memoryUsage().heapUsed
    await decide()
    const kilobytes = Math.max(0, process.memoryUsage().heapUsed - before) / 1_024
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const startedAt = performance.now()
      await decide()
      times.push(performance.now() - startedAt)
    }
    times.sort((left, right) => left - right)
    const at = (share: number) => Number((times[Math.floor(times.length * share)] ?? 0).toFixed(4))
    rows.push({ models: size, flags, ms_p50: at(0.5), ms_p95: at(0.95), kb_per_decision: Math.round(kilobytes) })
  }
}
console.table(rows)
if (values.json !== undefined) {
  const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version }
  writeFileSync(values.json, `${JSON.stringify({ machine, rounds, rows }, undefined, 2)}\n`)
}
