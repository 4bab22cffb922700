import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { bfclItems, irrelevantItems } from '../../test/live-local/items.ts'
import type { Asked, Outcome, Read } from '../../test/live-local/measure.ts'
import { ASKED, countOf, measure, READ, startGateways } from '../../test/live-local/measure.ts'
import { startLocalServer } from '../../test/live-local/server.ts'

// What a small model's emulated tool calls are worth, and what the gateway adds to them: bench/README.md.

const { values: options } = parseArgs({
  options: {
    items: { type: 'string', default: '36' },
    irrelevant: { type: 'string', default: '12' },
    /** Of `may`, `begun` and `held`. */
    asked: { type: 'string', default: ASKED.join() },
    /** Where the table goes; the terminal where this is left out. */
    write: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})

const WAYS: Readonly<Record<Asked, string>> = {
  may: '`tool_choice: auto`',
  begun: '`required`, the answer begun for the model',
  held: '`required`, held to the schema by the server',
}
const READINGS: Readonly<Record<Read, string>> = {
  strictly: '`JSON.parse` of the block',
  mended: 'the gateway',
  refined: 'the gateway, `refine: 2`',
}

const cpuBefore = process.cpuUsage()
const server = await startLocalServer()
const gateways = await startGateways(server)
const ways = ASKED.filter((asked) => options.asked.split(',').includes(asked))
const outcomes = await measure(bfclItems(Number(options.items)), { server, gateways, ways })
const irrelevant = await measure(irrelevantItems(Number(options.irrelevant)), { server, gateways, ways: ['may'] })
await gateways.close()
await server.close()
if (options.verbose) for (const one of outcomes) process.stderr.write(`${lineOf(one)}\n`)
const { user, system } = process.cpuUsage(cpuBefore)

const table = tableOf(outcomes, irrelevant)
process.stdout.write(`${table}\n`)
process.stderr.write(`${((user + system) / 1e6).toFixed(0)} s of CPU time\n`)
if (options.write !== undefined) writeFileSync(options.write, `${table}\n`)

function tableOf(outcomes: readonly Outcome[], irrelevant: readonly Outcome[]): string {
  const rows = ASKED.flatMap((asked) =>
    READ.flatMap((read) => {
      const { of, called, valid, right } = countOf(outcomes, asked, read)
      if (of === 0) return []
      return [
        `| ${WAYS[asked]} | ${READINGS[read]} | ${share(called, of)} | ${share(valid, of)} | ${share(right, of)} |`,
      ]
    }),
  )
  const { of, called } = countOf(irrelevant, 'may', 'mended')
  return [
    '| asked with | read by | a call at all | valid | right by BFCL |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    `Where none of the tools helps: ${share(called, of)} call one all the same.`,
  ].join('\n')
}

function share(count: number, of: number): string {
  return `${count} of ${of} (${of === 0 ? 0 : Math.round((100 * count) / of)} %)`
}

function lineOf({ item, asked, read, said, isValid, isRight }: Outcome): string {
  return `${item.id} ${asked} ${read} ${isRight ? 'right' : isValid ? 'valid' : 'not'} ${said.finish} ${JSON.stringify(said.text)}`
}
