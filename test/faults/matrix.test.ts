import { describe, expect, test } from 'vitest'
import type { Outcome } from './run-matrix.ts'
import { allCells, runMatrix } from './run-matrix.ts'

const TIME = { timeout: 240_000 }

function shown({ cell, verdict, status, errors, attempts }: Outcome): string {
  const { fault, client, upstream, stream } = cell
  return `${fault.name}, ${client.id} on ${upstream}, ${stream ? 'streamed' : 'whole'}: ${verdict} ${status} ${errors.join()} (${attempts})`
}

describe('every fault, streamed and whole, for every client format on every format of the faulty target', () => {
  test(
    'with a fallback: its answer, the odd one that was asked for, or part of one and a typed error',
    TIME,
    async () => {
      const outcomes = await runMatrix(allCells())
      expect(outcomes.length).toBeGreaterThan(1_600)
      const wrong = outcomes.filter(
        ({ cell, verdict }) => verdict !== (cell.stream ? cell.fault.streamed : cell.fault.whole),
      )
      expect(wrong.map(shown)).toEqual([])
    },
  )

  test('alone: a whole answer or one typed error, never a silent truncation and never silence', TIME, async () => {
    const outcomes = await runMatrix(allCells(), { alone: true })
    const wrong = outcomes.filter(({ cell, verdict }) => {
      const expected = cell.stream ? cell.fault.streamed : cell.fault.whole
      return verdict !== (expected === 'second' ? 'error' : expected)
    })
    expect(wrong.map(shown)).toEqual([])
  })
})
