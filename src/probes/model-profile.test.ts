import { expect, test } from 'vitest'
import { target } from '../../test/contract/describe-router.ts'
import { modelProfile, modelProfileSchema } from './model-profile.ts'
import type { Probe } from './probe.ts'
import type { GradedProbe } from './run-probes.ts'

const probe: Probe = { id: 'a', kind: 'sums', difficulty: 1, prompt: '1 + 1?', grader: 'number', expected: 2 }

test.each([-5, 1e12, 1.5])(
  'an upstream that counts %d tokens has not counted, and the profile can be read',
  (tokens) => {
    const graded = [{ probe, score: 1, isCut: false, usage: { inputTokens: 1, outputTokens: tokens } }]
    const profile = modelProfile({
      target: { ...target('up/m'), facts: { price_in: 1, price_out: 1 } },
      date: '2026-11-26',
      probes: 'built-in',
      all: [probe],
      run: { graded: graded as unknown as GradedProbe[], leftOut: [], stopped: undefined },
    })
    expect(profile.answers[0]?.output_tokens).toBe(null)
    expect(modelProfileSchema.parse(JSON.parse(JSON.stringify(profile)))).toEqual(profile)
  },
)
