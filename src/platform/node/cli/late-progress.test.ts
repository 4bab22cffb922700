import { expect, test } from 'vitest'
import { createLateProgress } from './late-progress.ts'

function shown(isTTY: boolean, moments: readonly (readonly [now: number, share: number])[]): string[] {
  const written: string[] = []
  let now = 0
  const stream = { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream
  const progress = createLateProgress(stream, { monotonic: () => now })
  for (const [at, share] of moments) {
    now = at
    progress.at(share, 'decisions')
  }
  progress.done()
  return written
}

test('work of less than two seconds shows no progress', () => {
  expect(
    shown(true, [
      [0, 0],
      [1_900, 0.9],
    ]),
  ).toEqual([])
})

test('longer work shows a bar that is rewritten, and taken away at its end', () => {
  const written = shown(true, [
    [2_001, 0.5],
    [2_050, 0.51],
    [2_300, 0.6],
  ])
  expect(written).toHaveLength(3)
  expect(written[0]).toContain('████████████░░░░░░░░░░░░ 50 %  decisions')
  expect(written[2]).toBe('\r\u001b[K')
})

test('where there is no terminal, a line every ten seconds', () => {
  expect(
    shown(false, [
      [2_001, 0.5],
      [5_000, 0.6],
      [12_100, 0.9],
    ]).map((line) => line.endsWith('\n')),
  ).toEqual([true, true])
})
