/** True when a list of patterns admits a model: some allowing pattern matches (if there is one) and no `!` pattern. */
export function matchesModels(id: string, patterns: readonly string[]): boolean {
  return modelMatcher(patterns)(id)
}

/** `matchesModels` for many models: a caller's list is read once, and each name then costs little. */
export function modelMatcher(patterns: readonly string[]): (id: string) => boolean {
  const excluding = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
  const allowing = patterns.filter((pattern) => !pattern.startsWith('!'))
  const isExcluded = anyOf(excluding)
  const isAllowed = allowing.length === 0 ? () => true : anyOf(allowing)
  return (id) => {
    const text = id.toLowerCase()
    return isAllowed(text) && !isExcluded(text)
  }
}

/** `*` stands for any characters, `/` too. No backtracking beyond the last star, so a hostile pattern costs little. */
export function matchesPattern(id: string, pattern: string): boolean {
  return patternMatcher(pattern.toLowerCase())(id.toLowerCase())
}

type Matcher = (text: string) => boolean

function anyOf(patterns: readonly string[]): Matcher {
  const lower = patterns.map((pattern) => pattern.toLowerCase())
  const names = new Set(lower.filter((pattern) => !pattern.includes('*')))
  const matchers = lower.filter((pattern) => pattern.includes('*')).map(patternMatcher)
  return (text) => {
    if (names.has(text)) return true
    for (const matches of matchers) if (matches(text)) return true
    return false
  }
}

/** Pieces between stars, each taken where it comes first: whatever follows then has the most room. */
function patternMatcher(pattern: string): Matcher {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return (text) => text === pattern
  const middle = rest.filter((piece) => piece !== '')
  return (text) => {
    const end = text.length - last.length
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const piece of middle) {
      const found = text.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return at <= end
  }
}
