// Three gateways on one Redis behind one nginx, restarted one after the other under load: is a request lost, does the money
// agree, and what does a request cost Redis? How to run and read it: bench/README.md
import { parseArgs } from 'node:util'
import { origin } from '../origin.ts'
import { roll } from './roll.ts'

const { values: options } = parseArgs({
  options: { rate: { type: 'string', default: '100' }, rounds: { type: 'string', default: '2' } },
})
// Less often than that a call: probes, and what happens once.
const LEAST_SHOWN = 0.02

const rolled = await roll({ rate: Number(options.rate), rounds: Number(options.rounds) })
console.log(JSON.stringify(origin('bench/cluster/run.ts')))
for (const line of rolled.log) console.log(line)
console.log(`calls: ${rolled.calls}`)
for (const [outcome, count] of [...rolled.ended].toSorted()) console.log(`  ${outcome}: ${count}`)
console.log(`cost by the answers' usage: $${rolled.toldUsd.toFixed(6)}, by Redis: $${rolled.spentUsd.toFixed(6)}`)
console.log(`decision log: ${rolled.decisionBytes.toFixed(0)} bytes a decision among eight`)
console.log(
  `CPU of Redis: ${rolled.redisMicroseconds.toFixed(0)} µs a call; within its scripts ${rolled.scriptMicroseconds.toFixed(0)} µs`,
)
for (const [name, count] of rolled.redisCommands) {
  if (count > LEAST_SHOWN) console.log(`  ${name}: ${count.toFixed(2)} a call`)
}
process.exit()
