import type { Traits } from '../../core/wire-format.ts'
import type { SchemaSubset, SchemaSubsetId } from './subsets.ts'
import { SCHEMA_SUBSETS } from './subsets.ts'

/** Whoever hosts them or passes calls on to them, these look at schemas themselves. */
const BY_NAME: readonly (readonly [RegExp, SchemaSubsetId])[] = [
  [/(?:^|[/.])(?:kimi|moonshot)/i, 'moonshot'],
  [/(?:^|\/)claude-/i, 'anthropic'],
  [/^(?:openai\/)?(?:gpt-\d|o\d|chatgpt)/i, 'openai'],
]

/** What a model takes that is asked in one of OpenAI's formats: its provider's row, else what its name says. */
export function subsetOf(model: string, { schemas }: Traits): SchemaSubset {
  return SCHEMA_SUBSETS[schemas ?? BY_NAME.find(([names]) => names.test(model))?.[1] ?? 'openai-compatible']
}
