// Every fault of the simulator × streamed or not × client format × format of the faulty target: what the client saw.
// docs/failover.md
import { parseArgs } from 'node:util'
import { FAULTS } from '../../test/faults/fault-list.ts'
import { allCells, runMatrix } from '../../test/faults/run-matrix.ts'

const { values } = parseArgs({
  options: { alone: { type: 'boolean', default: false }, only: { type: 'string' }, json: { type: 'boolean' } },
})
const faults = FAULTS.filter(({ name }) => values.only === undefined || name.startsWith(values.only))
const outcomes = await runMatrix(allCells(faults), { alone: values.alone })
const column = (stream: boolean, name: string): string => {
  const counts = new Map<string, number>()
  for (const { cell, verdict } of outcomes)
    if (cell.fault.name === name && cell.stream === stream) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  return [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')
}
console.log(`| fault | streamed | whole |\n|---|---|---|`)
for (const { name } of faults) console.log(`| \`${name}\` | ${column(true, name)} | ${column(false, name)} |`)
const odd = outcomes.filter(({ cell, verdict }) =>
  values.alone
    ? ['silent', 'untyped', 'hang'].includes(verdict)
    : verdict !== (cell.stream ? cell.fault.streamed : cell.fault.whole),
)
console.log(`\n${outcomes.length} calls, ${odd.length} not as expected`)
for (const { cell, verdict, status, errors, attempts } of odd)
  console.log(
    cell.fault.name,
    cell.client.id,
    cell.upstream,
    cell.stream,
    '▶',
    verdict,
    status,
    errors.join(),
    attempts,
  )
