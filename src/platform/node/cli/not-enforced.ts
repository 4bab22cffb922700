import type { Config } from '../../../config/config-schema.ts'

/** What a configuration asks for that this version accepts and does not do yet, as paths. */
export function notEnforced({ telemetry }: Config): string[] {
  const asked: readonly (readonly [path: string, isAsked: boolean])[] = [
    // They go out with decisions, and with nothing else.
    ['telemetry.prompts', telemetry.prompts && !telemetry.otlp.decisions],
  ]
  return asked.filter(([, isAsked]) => isAsked).map(([path]) => path)
}
