import { expect, test } from 'vitest'
import type { Profile } from './profile.ts'
import { restsOn } from './rests-on.ts'

const profile: Profile = { id: 'm', theta: 0, sd: 1, u: [], sd_u: 1, thinking: 0, verbosity: 0, evidence: ['facts'] }

test('a profile says what it rests on, the strongest evidence first, with dates', () => {
  expect(restsOn(profile)).toEqual([{ kind: 'facts' }])
  const sources = [{ benchmark: 'LiveBench', date: '2026-06' }]
  const probes = { kind: 'probes', date: '2026-11-26', graded: 118, asked: 120 }
  expect(restsOn({ ...profile, evidence: ['probes', 'scores', 'outcomes'], graded: [probes], sources })).toEqual([
    probes,
    { kind: 'scores', date: '2026-06', sources },
    { kind: 'outcomes' },
  ])
  expect(restsOn({ ...profile, evidence: ['facts', 'family:acme/quux'] })).toEqual([
    { kind: 'facts' },
    { kind: 'family', of: 'acme/quux' },
  ])
})
