import { expect, test } from 'vitest'
import { fuzzRequests } from './fuzz-requests.ts'
import { fuzzUpstreams } from './fuzz-upstreams.ts'

// A part of what bench/fuzz/run.ts does, with the same seed.

const TIME = { timeout: 120_000 }

test('nearly valid requests to every endpoint get valid answers or valid errors', TIME, async () => {
  const { findings, statuses } = await fuzzRequests(1, 4_000)
  expect(findings).toEqual([])
  expect(statuses[200]).toBeGreaterThan(500)
})

test('nearly valid answers of models reach every client as valid answers or valid errors', TIME, async () => {
  const { findings, statuses } = await fuzzUpstreams(1, 1_500)
  expect(findings).toEqual([])
  expect(statuses[200]).toBeGreaterThan(400)
})
