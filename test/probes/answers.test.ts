import { describe, expect, test } from 'vitest'
import { BUILT_IN_PROBES, readProbes } from '../../src/platform/node/read-probes.ts'
import { normalText } from '../../src/probes/final-answer.ts'
import type { ProbeAnswer } from '../../src/probes/grade.ts'
import { grade, wantsAnswerLine } from '../../src/probes/grade.ts'
import type { Probe } from '../../src/probes/probe.ts'
import { conversationOf, requestOf } from '../../src/probes/request-of.ts'
import { printedBy } from './run-program.ts'
import { SOLUTIONS } from './solve.ts'
import { JSON_SOLUTIONS } from './solve-json.ts'

const read = readProbes(BUILT_IN_PROBES)
const probes: readonly Probe[] = 'probes' in read ? read.probes : []
const byId = new Map(probes.map((probe) => [probe.id, probe]))

/** The keys of a probe as texts. */
function keysOf(probe: Probe | undefined): string[] {
  const expected = probe?.expected
  return [expected].flat().map((key) => normalText(String(key)))
}

test('the probes that come with the program can be read, and each has its own name', () => {
  expect('problems' in read ? read.problems : []).toEqual([])
  expect(byId.size).toBe(probes.length)
})

test('the probes are over all kinds and difficulties, with at least thirty hard ones', () => {
  const count = (by: (probe: Probe) => unknown): Map<unknown, number> =>
    new Map([...Map.groupBy(probes, by)].map(([key, all]) => [key, all.length]))
  expect(probes.length).toBeGreaterThanOrEqual(120)
  expect(count(({ difficulty }) => difficulty).get(3)).toBeGreaterThanOrEqual(30)
  expect(count(({ difficulty }) => difficulty).get(1)).toBeGreaterThanOrEqual(30)
  const cells = count(({ kind, difficulty }) => `${kind} ${difficulty}`)
  for (const { kind } of probes)
    for (const difficulty of [1, 2, 3])
      expect(cells.get(`${kind} ${difficulty}`), `${kind} ${difficulty}`).toBeDefined()
})

describe('keys that can be computed are computed', () => {
  test.each(Object.entries(SOLUTIONS))('%s', (id, solve) => {
    const probe = byId.get(id)
    const found = solve()
    if (probe?.grader === 'number' && probe.tolerance !== undefined) {
      expect(Math.abs(Number(found) - Number(probe.expected))).toBeLessThan(probe.tolerance)
    } else expect(keysOf(probe)).toContain(normalText(String(found)))
  })

  test.each(probes.filter(({ prompt, grader }) => grader === 'text' && prompt?.includes('```')))(
    'the program of $id prints its key',
    async (probe) => {
      const printed = await printedBy(probe.prompt ?? '')
      // Without Python its programs cannot be run.
      if (printed !== undefined) expect(keysOf(probe)).toContain(normalText(printed))
    },
  )
})

test.each(Object.entries(JSON_SOLUTIONS))('the key of %s is computed from its prompt', (id, solve) => {
  const probe = byId.get(id)
  expect(probe?.expected).toEqual(solve(probe?.prompt ?? ''))
})

describe('keys of long texts are found in them again', () => {
  const textOf = (id: string): string => byId.get(id)?.prompt ?? ''

  test.each(['long-01', 'long-02'])('%s', (id) => {
    const things = [...textOf(id).matchAll(/The (\w+ \w+) weighs (\d+) grams and lies in bay ([A-H]\d+)\./g)]
    expect(things).toHaveLength(150)
    const asked = /does the (\w+ \w+) lie/.exec(textOf(id))?.[1]
    const inF = things.filter(([, , , bay]) => bay?.startsWith('F'))
    const heaviest = inF.toSorted((left, right) => Number(right[2]) - Number(left[2]))[0]
    const found = id === 'long-01' ? things.find(([, name]) => name === asked)?.[3] : heaviest?.[1]
    expect(keysOf(byId.get(id))).toEqual([normalText(found ?? '')])
  })

  test('long-03', () => {
    const next = new Map(
      [...textOf('long-03').matchAll(/(\w+) handed the letters to (\w+)\./g)].map(([, a, b]) => [a, b]),
    )
    let holder = /(\w+) has the letters now/.exec(textOf('long-03'))?.[1]
    for (let turn = 0; turn < 9; turn += 1) holder = next.get(holder)
    expect(keysOf(byId.get('long-03'))).toEqual([normalText(holder ?? '')])
  })

  test('long-04', () => {
    const user = /did (u\d+) have/.exec(textOf('long-04'))?.[1]
    const times = textOf('long-04')
      .split('\n')
      .filter((line) => line.endsWith(` ${user} failed-login`)).length
    expect(keysOf(byId.get('long-04'))).toEqual([String(times)])
  })
})

test('the days of the week that a probe names are right', () => {
  expect(new Date('2028-11-14').getUTCDay()).toBe(2)
  expect(new Date('2030-01-05').getUTCDay()).toBe(6)
  expect(new Date('2030-05-05').getUTCDay()).toBe(0)
  for (const day of ['2030-02-05', '2030-03-05', '2030-04-05', '2030-06-05'])
    expect([0, 6]).not.toContain(new Date(day).getUTCDay())
})

/** An answer as a model that knows it would give it. */
function perfectAnswer(probe: Probe): ProbeAnswer {
  if (probe.grader === 'calls') {
    const calls = probe.expected.map((call) => ({ name: call.name, argumentsText: JSON.stringify(call.arguments) }))
    return { text: calls.length === 0 ? 'None of my tools fits.' : '', calls }
  }
  if (wantsAnswerLine(probe)) {
    return { text: `I worked it out.\n\n**Answer:** ${[probe.expected].flat()[0]}`, calls: [] }
  }
  if (probe.grader === 'json')
    return { text: `\`\`\`json\n${JSON.stringify(probe.expected, null, 2)}\n\`\`\``, calls: [] }
  return { text: probe.example ?? '', calls: [] }
}

test.each(probes)('$id: a perfect answer passes, silence and another answer do not', (probe) => {
  expect(grade(probe, perfectAnswer(probe))).toBe(1)
  expect(grade(probe, { text: '', calls: [] })).toBe(0)
  const other = probe.grader === 'calls' ? [{ name: 'no_such_tool', argumentsText: '{}' }] : []
  expect(grade(probe, { text: 'I do not know.\nAnswer: nothing 31337 e', calls: other })).toBe(0)
})

test('the request asks for an answer line where the grader reads one; the router never sees that line', () => {
  for (const probe of probes) {
    const asked = JSON.stringify(requestOf(probe))
    expect(asked.includes('End with a line that says'), probe.id).toBe(wantsAnswerLine(probe))
    expect(JSON.stringify(conversationOf(probe))).not.toContain('End with a line')
  }
})
