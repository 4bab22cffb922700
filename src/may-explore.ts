import type { Directives } from './core/directives.ts'
import type { Signals } from './core/router.ts'
import type { Principal } from './core/snapshot.ts'
import { DEFAULT_LEARNING } from './learn/settings.ts'
import type { Context } from './pipeline.ts'
import type { Exploration } from './route/explore.ts'

type Deciding = {
  readonly directives: Directives
  readonly signals: Signals
  readonly principal: Principal
  /** The caller named models, or said whom he would rather have. */
  readonly isPinned: boolean
  /** The conversation has begun with a model already, or is bound to one. */
  readonly isLocked?: boolean
}

/**
 * How much may be tried out on a call; `undefined` is nothing: in the middle of a tool loop, for a key marked `sensitive`,
 * in a conversation that has a model already, and where the caller says which models he wants.
 */
export function explorationOf(
  { directives, signals, principal, isPinned, isLocked = false }: Deciding,
  { snapshot, ports }: Pick<Context, 'snapshot' | 'ports'>,
): Exploration | undefined {
  const { explore: share } = snapshot.learning ?? DEFAULT_LEARNING
  if (!(share > 0) || isPinned || isLocked || signals.phase === 'tool-loop') return undefined
  if (directives.models !== undefined || principal.isSensitive === true) return undefined
  // Once a request, so that its log can say what was drawn.
  const drawn = ports.random()
  return { share, random: () => drawn }
}
