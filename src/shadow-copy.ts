import type { Directives } from './core/directives.ts'
import type { Policy } from './core/policy.ts'
import type { SaidInBody } from './core/said-in-body.ts'
import { fraction } from './core/short-hash.ts'
import { hardPart } from './directives/merge.ts'

/** A model that gets a copy of a call, and what the copy says of routing. */
export type ShadowCopy = { readonly model: string; readonly said: SaidInBody | undefined }

/**
 * The copy that a policy sends, for its share of the conversations. It names another model, and maybe another policy
 * governs it: so the limits of all doors of the call go with it, and nothing gives them up.
 */
export function shadowCopy(
  { name, shadow }: Policy,
  directives: Directives,
  conversation: string,
): ShadowCopy | undefined {
  if (shadow === undefined || fraction(`shadow ${name} ${conversation}`) >= shadow.share) return undefined
  const limits = hardPart(directives)
  if (Object.keys(limits).length === 0) return { model: shadow.model, said: undefined }
  const body = { ...limits, relax: [] }
  return { model: shadow.model, said: { body, prompt: {}, wishes: {}, warnings: [], kept: [] } }
}
