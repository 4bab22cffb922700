import type { Target } from './core/target.ts'
import type { Observed } from './dispatch/observed.ts'
import type { Context } from './pipeline.ts'
import { NATIVE } from './usage/tool-reliability.ts'

/** Feeds what became of an answer's calls of tools back into routing and counts them: of an answer that nobody got as well. */
export function recordToolCalls(
  observed: Observed | undefined,
  target: Target,
  context: Pick<Context, 'toolReliability' | 'telemetry' | 'textTools'>,
): void {
  const { toolReliability, telemetry } = context
  for (const outcome of observed?.callOutcomes ?? []) {
    const dialect = dialectOf(target, context)
    if (outcome !== 'cut') toolReliability.record(target.id, dialect, outcome)
    telemetry.toolCalled(target.id, dialect, outcome, toolReliability.share(target).reliability)
  }
}

/** In which its calls are looked for. */
function dialectOf({ id, textTools }: Target, context: Pick<Context, 'textTools'>): string {
  return textTools === undefined ? NATIVE : (context.textTools(id) ?? textTools).dialect
}
