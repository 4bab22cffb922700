import { isJsonObject } from './core/json.ts'
import type { Log } from './core/ports.ts'
import type { ProviderCall } from './core/provider.ts'
import type { ConfiguredProvider, Snapshot } from './core/snapshot.ts'
import type { Target, TextTools } from './core/target.ts'
import { dialectOfTemplate, EMULATED } from './dialects/detect.ts'

/** What servers say of how their models call tools, for targets of which the configuration says `tool_calls: auto`. */
export type FoundDialects = {
  /** `undefined` where a server has not said, or not yet. */
  read(targetId: string): TextTools | undefined
  /** Asks the servers of a snapshot's targets that were not asked before. Never rejects. */
  find(snapshot: Snapshot, now: number): Promise<void>
}

/** A template is worth more than a model's name, and the configuration more than either (design/tool-calling.md §3.2). */
export function createFoundDialects(ask: ProviderCall['ask'], log: Log): FoundDialects {
  const found = new Map<string, TextTools | undefined>()

  async function findOne(target: Target, configured: ConfiguredProvider, now: number): Promise<void> {
    const source = configured.provider.templateSource
    if (source === undefined || target.textTools === undefined) return
    const { secret, headers } = configured
    const operation = { type: 'chat' } as const
    const call = { target, operation, format: target.format, stream: false, body: undefined, secret, headers, ask, now }
    try {
      const { status, body } = await ask(source.request(call))
      const value: unknown = status === 200 ? JSON.parse(body) : undefined
      if (!isJsonObject(value)) return
      const { template, hasTools } = source.read(value)
      const dialect = template === undefined ? undefined : dialectOfTemplate(template, target.model)
      if (hasTools === false) found.set(target.id, { dialect: EMULATED, isEmulated: true })
      else if (dialect !== undefined) found.set(target.id, { dialect, isEmulated: false })
      log('info', 'dialect_found', { target: target.id, ...found.get(target.id) })
    } catch {
      // A server that is not there yet, or serves no templates: the model's name has to do.
      found.delete(target.id)
    }
  }

  return {
    read: (targetId) => found.get(targetId),
    async find(snapshot, now) {
      const asked = [...snapshot.targets.values()].flatMap((target) => {
        const configured = snapshot.providers.get(target.provider)
        if (configured?.toolCalls !== 'auto' || found.has(target.id)) return []
        found.set(target.id, undefined)
        return [findOne(target, configured, now)]
      })
      await Promise.all(asked)
    },
  }
}
