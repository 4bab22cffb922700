const MAX_NAME = 200

/**
 * Names of one request's documents as Bedrock takes them: letters, digits, single spaces, hyphens, parentheses and
 * square brackets, none twice. The extension goes, since the format says it.
 */
export function createDocumentNames(): (name: string | undefined) => string {
  const taken = new Set<string>()
  return (name) => {
    const fitted = (name ?? '')
      .replace(/\.(?:pdf|csv|docx?|xlsx?|html?|txt|md)$/i, '')
      .replace(/[^A-Za-z0-9\s\-()[\]]/g, '-')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, MAX_NAME)
      .trim()
    const base = /[A-Za-z0-9]/.test(fitted) ? fitted : `document-${taken.size + 1}`
    let unique = base
    for (let count = 2; taken.has(unique); count += 1) unique = `${base.slice(0, MAX_NAME - 6)} (${count})`
    taken.add(unique)
    return unique
  }
}
