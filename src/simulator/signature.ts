/**
 * Whose seal it is: one provider does not know another's. Claude's hold at Anthropic and at Bedrock alike. Those of the
 * Responses API are each provider's own: `openai`, `openai of xai`.
 */
export type Seal = 'claude' | 'claude-redacted' | 'gemini' | 'openai' | `openai of ${string}`

const WORDS = 4
const MAC_WORDS = 2

/**
 * What the simulator puts under reasoning of its own: always the same for the same text. It binds the text without
 * secrecy: nobody is kept from forging it, but nothing that another provider made passes for it.
 */
export function seal(owner: Seal, text: string): string {
  const digest = digestOf(`${owner} text`, text, WORDS)
  return toBase64([...digest, ...macOf(owner, digest)])
}

/** What is wrong with a seal: `foreign` = not one of the simulator's, `other-text` = its own, of another text. */
export function checkSeal(owner: Seal, signature: string, text?: string): 'foreign' | 'other-text' | undefined {
  const words = fromBase64(signature)
  if (words === undefined) return 'foreign'
  const digest = words.slice(0, WORDS)
  if (macOf(owner, digest).join() !== words.slice(WORDS).join()) return 'foreign'
  if (text === undefined) return undefined
  return digestOf(`${owner} text`, text, WORDS).join() === digest.join() ? undefined : 'other-text'
}

function macOf(owner: Seal, digest: readonly number[]): number[] {
  return digestOf(`${owner} mac`, digest.join(), MAC_WORDS)
}

/** FNV-1a over UTF-16 units, once per word with another beginning. http://www.isthe.com/chongo/tech/comp/fnv/ */
function digestOf(purpose: string, text: string, words: number): number[] {
  return Array.from({ length: words }, (_, word) => {
    let hash = 0x811c9dc5 ^ (word * 0x9e3779b1)
    for (const part of [purpose, '\u0000', text]) {
      for (let index = 0; index < part.length; index += 1) {
        hash = Math.imul(hash ^ part.charCodeAt(index), 0x01000193)
      }
    }
    return hash >>> 0
  })
}

function toBase64(words: readonly number[]): string {
  const bytes = words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255])
  return btoa(String.fromCharCode(...bytes))
}

function fromBase64(text: string): number[] | undefined {
  let raw: string
  try {
    raw = atob(text)
  } catch {
    // Not base64 is not ours.
    return undefined
  }
  if (raw.length !== (WORDS + MAC_WORDS) * 4) return undefined
  const byteAt = (index: number): number => raw.charCodeAt(index)
  return Array.from({ length: WORDS + MAC_WORDS }, (_, word) => {
    const at = word * 4
    return ((byteAt(at) << 24) | (byteAt(at + 1) << 16) | (byteAt(at + 2) << 8) | byteAt(at + 3)) >>> 0
  })
}
