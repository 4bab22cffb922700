import { expect, test } from 'vitest'
import type { AskedOfClaude } from './claude-rules.ts'
import { claudeProblem } from './claude-rules.ts'

const NOTHING: AskedOfClaude = {
  model: '',
  thinking: undefined,
  tuned: [],
  isForced: false,
  endsWithAssistant: false,
  holdsToSchema: false,
}

test.each<[string, Partial<AskedOfClaude>, RegExp | undefined]>([
  ['claude-sonnet-4-5-20250929', { thinking: 'adaptive' }, /adaptive thinking is not supported/],
  ['claude-sonnet-4-6', { thinking: 'adaptive' }, undefined],
  ['claude-sonnet-4-6', { thinking: 'enabled' }, undefined],
  ['claude-opus-5', { thinking: 'enabled' }, /thinking.type.enabled/],
  ['claude-opus-5-5', { thinking: 'disabled' }, /thinking.type.disabled/],
  ['claude-opus-5-5', { isForced: true }, /forces tool use/],
  ['claude-opus-5', { isForced: true }, undefined],
  ['us.anthropic.claude-opus-4-7', { tuned: ['temperature'] }, /`temperature` is deprecated/],
  ['us.anthropic.claude-opus-4-6-v1', { tuned: ['temperature'], endsWithAssistant: true }, /prefill/],
  ['claude-sonnet-4-5', { endsWithAssistant: true }, undefined],
  ['claude-sonnet-4-5', { endsWithAssistant: true, holdsToSchema: true }, /structured outputs/],
  ['model-1', { thinking: 'adaptive', endsWithAssistant: true, tuned: ['top_k'] }, undefined],
])('%s asked %j: %s', (model, asked, problem) => {
  const found = claudeProblem({ ...NOTHING, ...asked, model })
  if (problem === undefined) expect(found).toBeUndefined()
  else expect(found).toMatch(problem)
})
