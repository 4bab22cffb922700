import type { Ports } from '../../core/ports.ts'
import type { Snapshot } from '../../core/snapshot.ts'
import type { Tokens } from './tokens.ts'
import { createTokens } from './tokens.ts'

/** The tokens of a snapshot. What is known of an issuer outlives edits of anything but `server.jwt` and the keys it names. */
export function keepTokens(ports: Ports): (snapshot: Snapshot) => Tokens | undefined {
  let kept: { readonly settings: string; readonly tokens: Tokens } | undefined
  return ({ jwt }) => {
    if (jwt === undefined) return undefined
    const settings = JSON.stringify(jwt, (_name, value: unknown) => (value instanceof Map ? [...value] : value))
    if (kept?.settings === settings) return kept.tokens
    const tokens = createTokens(jwt, ports)
    kept = { settings, tokens }
    ports.background.run(tokens.prepare)
    return tokens
  }
}
