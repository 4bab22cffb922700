import type { Config } from '../../../config/config-schema.ts'

/** What a configuration asks for that this version accepts and does not do yet, as paths. */
export function notEnforced({ telemetry }: Config): string[] {
  const asked: readonly (readonly [path: string, isAsked: boolean])[] = [
    ['telemetry.prompts without telemetry.otlp.decisions', telemetry.prompts && !telemetry.otlp.decisions],
  ]
  return asked.filter(([, isAsked]) => isAsked).map(([path]) => path)
}
