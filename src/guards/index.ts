import type { Guard, PlacedGuard } from '../core/guard.ts'
import type { GuardSettings } from '../core/guard-settings.ts'
import { createPiiGuard } from './pii/index.ts'
import { createInjectionGuard } from './prompt-injection/index.ts'

// The list of guards there are. Decision: docs/decisions/2026-11-28-guards.md.

/** A guard as the configuration has it. */
export function openGuard(settings: GuardSettings): PlacedGuard {
  return {
    guard: guardOf(settings),
    on: new Set(settings.on),
    action: settings.action,
    onFailure: settings.on_failure,
    timeoutMs: settings.timeout_ms,
    restores: settings.use === 'pii' && settings.action === 'redact' && settings.restore,
    allowsUnread: settings.passthrough === 'allow',
  }
}

function guardOf(settings: GuardSettings): Guard {
  switch (settings.use) {
    case 'pii':
      return createPiiGuard(settings)
    case 'prompt-injection':
      return createInjectionGuard(settings)
    default: {
      const unhandled: never = settings
      throw new Error(`Unknown guard: ${String(unhandled)}`)
    }
  }
}
