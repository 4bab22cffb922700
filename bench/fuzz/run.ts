// Mutated requests and mutated upstream answers against a whole gateway. How to run and read it: bench/README.md
import { parseArgs } from 'node:util'
import { fuzzRequests } from '../../test/fuzz/fuzz-requests.ts'
import { fuzzUpstreams } from '../../test/fuzz/fuzz-upstreams.ts'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    upstreams: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
  },
})
const [seed, from] = [Number(values.seed), Number(values.from)]
for (const [name, count, run] of [
  ['requests', Number(values.requests), fuzzRequests],
  ['upstream answers', Number(values.upstreams), fuzzUpstreams],
] as const) {
  if (count === 0) continue
  const startedAt = performance.now()
  const { findings, statuses } = await run(seed, count, from)
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
  console.log(`${count} ${name} in ${seconds} s, seed ${seed}: ${findings.length} findings`)
  console.log(`  ${JSON.stringify(statuses)}`)
  for (const { index, what, problem } of findings.slice(0, 40)) console.log(`  ${index} ${what}: ${problem}`)
}
