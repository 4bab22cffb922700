/** True when a list of patterns admits a model: some allowing pattern matches (if there is one) and no `!` pattern. */
export function matchesModels(id: string, patterns: readonly string[]): boolean {
  let isAllowed = true
  let hasAllow = false
  let isMatched = false
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(id, pattern.slice(1))) isAllowed = false
    } else {
      hasAllow = true
      isMatched ||= matchesPattern(id, pattern)
    }
  }
  return isAllowed && (isMatched || !hasAllow)
}

/** `*` stands for any characters, `/` too. No backtracking beyond the last star, so a hostile pattern costs little. */
export function matchesPattern(id: string, pattern: string): boolean {
  const text = id.toLowerCase()
  const wanted = pattern.toLowerCase()
  let at = 0
  let next = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    if (next < wanted.length && wanted[next] === '*') {
      star = next
      resume = at
      next += 1
    } else if (next < wanted.length && wanted[next] === text[at]) {
      at += 1
      next += 1
    } else if (star >= 0) {
      next = star + 1
      resume += 1
      at = resume
    } else return false
  }
  while (wanted[next] === '*') next += 1
  return next === wanted.length
}
