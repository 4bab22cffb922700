import type { Guard } from '../../core/guard.ts'
import type { InjectionSettings } from '../../core/guard-settings.ts'

export function createInjectionGuard(_settings: Pick<InjectionSettings, 'threshold' | 'sources'>): Guard {
  return { id: 'prompt-injection', reads: 'conversation', scan: (text) => ({ findings: [], settled: text.length }) }
}
