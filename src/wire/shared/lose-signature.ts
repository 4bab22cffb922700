import type { Signature } from '../../core/content.ts'
import type { Losses } from './lose.ts'

/** Of words and calls, where only thoughts are signed: whose the signature is says what it belongs to. */
export function loseSignature(
  part: { readonly signature?: Signature | undefined },
  path: string,
  losses: Losses,
): void {
  if (part.signature !== undefined) losses.lose(`${path}.signature`, 'only thoughts are signed here')
}
