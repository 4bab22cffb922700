/** The candidates most like `name`, nearest first: for "did you mean" in error messages. */
export function nearest(name: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = name.toLowerCase().slice(0, MAX_LENGTH)
  const scored: { readonly candidate: string; readonly distance: number }[] = []
  for (const candidate of candidates) {
    const text = candidate.toLowerCase().slice(0, MAX_LENGTH)
    const contained = text.includes(wanted) || wanted.includes(text)
    const distance = contained ? Math.abs(text.length - wanted.length) / 10 : editDistance(wanted, text)
    if (contained || distance <= Math.max(2, Math.ceil(wanted.length * 0.4))) scored.push({ candidate, distance })
  }
  scored.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
  return scored.slice(0, limit).map((entry) => entry.candidate)
}

// Names come from requests: a bound keeps a hostile one from costing time.
const MAX_LENGTH = 80

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
