import type { Config } from '../../../config/config-schema.ts'

/** What a configuration asks for that this version accepts and does not do yet, as paths. */
export function notEnforced({ server, store, telemetry }: Config): string[] {
  const asked: readonly (readonly [path: string, isAsked: boolean])[] = [
    ['server.keys[].limits', server.keys.some(({ limits }) => limits !== undefined)],
    ['server.keys[].budget', server.keys.some(({ budget }) => budget !== undefined)],
    ['store', store !== undefined],
    ['telemetry.prompts', telemetry.prompts],
  ]
  return asked.filter(([, isAsked]) => isAsked).map(([path]) => path)
}
