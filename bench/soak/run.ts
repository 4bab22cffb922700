// A long run at a share of what the gateway can do, with faults and clients that leave: does memory grow, do descriptors
// leak, is every answer explained, and are all tokens counted? How to run and read it: bench/README.md
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { MOST_AWAITED } from '../../src/learn/awaited.ts'
import { textTokens } from '../../src/simulator/text.ts'
import { freePort } from '../../test/free-port.ts'
import { origin } from '../origin.ts'
import { LOAD_CORE, startNode, stopAll, TESTED_CORE } from '../proxy/processes.ts'
import { generator } from '../route/pool.ts'
import { collectedHeap } from './collected-heap.ts'
import type { Tokens } from './count-tokens.ts'
import { tokensOf } from './count-tokens.ts'
import { plotsOf } from './plots.ts'
import { soakConfig } from './soak-config.ts'
import type { Ended } from './traffic.ts'
import { createTraffic, LEFT, ORDINARY } from './traffic.ts'
import { slopeOf, watchProcess } from './watch-process.ts'

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    share: { type: 'string', default: '0.7' },
    rate: { type: 'string' },
    'warm-up': { type: 'string', default: '120' },
    out: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
})
const root = join(import.meta.dirname, '..', '..')
const MAIN = join(root, 'src/platform/node/main.ts')
const SATURATION_SECONDS = 20
const SATURATION_CALLS = 48

process.on('exit', stopAll)
const [simulatorPort, gatewayPort] = [await freePort(), await freePort()]
const folder = mkdtempSync(join(tmpdir(), 'thalamus-soak-'))
const config = join(folder, 'thalamus.yaml')
const simulator = `http://127.0.0.1:${simulatorPort}`
const gateway = `http://127.0.0.1:${gatewayPort}`
writeFileSync(config, JSON.stringify(soakConfig(simulator)))
await startNode(LOAD_CORE, MAIN, ['simulate', '--port', String(simulatorPort)], simulatorPort)
const args = ['serve', '--config', config, '--port', String(gatewayPort)]
const inspectorPort = await freePort()
const { pid } = await startNode(TESTED_CORE, MAIN, args, gatewayPort, [`--inspect-port=${inspectorPort}`])
const traffic = createTraffic(gateway, generator(Number(options.seed)), textTokens(20, 0).join(''))

const rate = options.rate === undefined ? Number(options.share) * (await saturation()) : Number(options.rate)
console.log(`${rate.toFixed(0)} calls a second for ${options.minutes} minutes`)
const watch = watchProcess(pid, 1_000)
await fill()
const heapBefore = await collectedHeap(pid, inspectorPort)
const calls = await soak(rate, Number(options.minutes) * 60)
watch.stop()
// What is under way ends, and idle connections close.
await sleep(3_000)
const heapAfter = await collectedHeap(pid, inspectorPort)
report(calls, await tokensOf(join(folder, 'usage.sqlite'), simulator))
await traffic.close()
process.exit()

/** Calls a second that a closed loop gets answered. */
async function saturation(): Promise<number> {
  let answered = 0
  const until = performance.now() + SATURATION_SECONDS * 1_000
  const halfway = until - (SATURATION_SECONDS / 2) * 1_000
  const loop = async (): Promise<void> => {
    while (performance.now() < until) {
      await traffic.send()
      if (performance.now() > halfway) answered += 1
    }
  }
  await Promise.all(Array.from({ length: SATURATION_CALLS }, loop))
  const found = answered / (SATURATION_SECONDS / 2)
  console.log(`saturation: ${found.toFixed(0)} calls a second with ${SATURATION_CALLS} at a time`)
  return found
}

/** What is kept of the last calls, and let go of for newer ones, is filled first: it would look like a leak. */
async function fill(): Promise<void> {
  let left = 1.2 * MOST_AWAITED
  const loop = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await traffic.send(true)
    }
  }
  await Promise.all(Array.from({ length: SATURATION_CALLS }, loop))
}

/** Calls at random moments, `perSecond` on average, whatever has been answered. */
async function soak(perSecond: number, seconds: number): Promise<(Ended & { readonly at: number })[]> {
  const ended: (Ended & { readonly at: number })[] = []
  const arrivals = generator(Number(options.seed) + 1)
  const startedAt = performance.now()
  const under = new Set<Promise<void>>()
  for (let next = 0; next < seconds * 1_000; ) {
    next += (-Math.log(1 - arrivals()) / perSecond) * 1_000
    const wait = startedAt + next - performance.now()
    if (wait > 1) await sleep(wait)
    const at = (performance.now() - startedAt) / 1_000
    const one = traffic.send().then((end) => {
      ended.push({ ...end, at })
      under.delete(one)
    })
    under.add(one)
  }
  await Promise.all(under)
  return ended
}

function report(
  ended: readonly (Ended & { readonly at: number })[],
  tokens: Awaited<ReturnType<typeof tokensOf>>,
): void {
  const counts = new Map<string, number>()
  for (const { call, outcome } of ended) {
    const kind = `${call.expected}: ${outcome}`
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  const warm = watch.samples.filter(({ seconds }) => seconds > Number(options['warm-up']))
  const perMinute = (values: readonly number[]) => {
    const { slope, margin } = slopeOf(
      warm.map(({ seconds }) => seconds / 60),
      values,
    )
    return `${slope.toFixed(3)} ± ${margin.toFixed(3)} a minute`
  }
  const taken = ended
    .filter(({ call }) => call.expected === 'first')
    .map(({ elapsedMs }) => elapsedMs)
    .toSorted((left, right) => left - right)
  const share = (part: number) => (taken[Math.floor(taken.length * part)] ?? 0).toFixed(1)
  const first = warm[0]
  const last = warm.at(-1)
  console.log(JSON.stringify(origin('bench/soak/run.ts')))
  console.log(`calls: ${ended.length}`)
  for (const [kind, count] of [...counts].toSorted()) console.log(`  ${kind}: ${count}`)
  console.log(`ms of ordinary calls: p50 ${share(0.5)}, p99 ${share(0.99)}`)
  console.log(
    `CPU of the gateway, of one core: ${(warm.reduce((sum, { cpu }) => sum + cpu, 0) / warm.length).toFixed(2)}`,
  )
  console.log(
    `RSS, MB: ${first?.rssMb.toFixed(0)} ▶ ${last?.rssMb.toFixed(0)}, ${perMinute(warm.map(({ rssMb }) => rssMb))}`,
  )
  console.log(`heap after a full collection, MB: ${heapBefore.toFixed(1)} ▶ ${heapAfter.toFixed(1)}`)
  console.log(
    `descriptors: ${first?.descriptors} ▶ ${last?.descriptors}, ${perMinute(warm.map(({ descriptors }) => descriptors))}`,
  )
  const line = (models: readonly string[]) => {
    const of = (who: 'ledger' | 'simulator', kind: keyof Tokens) =>
      models.reduce((sum, model) => sum + (tokens[who].get(model)?.[kind] ?? 0), 0)
    return `input ${of('ledger', 'input')} of ${of('simulator', 'input')}, output ${of('ledger', 'output')} of ${of('simulator', 'output')}, ${of('ledger', 'estimated')} estimated`
  }
  console.log(`tokens of ordinary calls in the ledger, of those that the simulator sent: ${line(ORDINARY)}`)
  console.log(`tokens of calls whose client left: ${line(LEFT)}`)
  if (options.out !== undefined) {
    for (const [name, svg] of plotsOf(watch.samples, ended)) writeFileSync(`${options.out}-${name}.svg`, svg)
  }
}
