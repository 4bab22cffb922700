const NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

export function isHostile(name: string): boolean {
  return NAMES.has(name)
}

/**
 * True for arguments with an object under a name that reaches the prototypes of other objects, at any depth: no tool asks
 * for one, and what receives it may assign it unseen (design/tool-calling.md §3.3.14). Texts under such names are harmless.
 */
export function hasHostileName(argumentsText: string): boolean {
  if (!/__proto__|constructor|prototype|\\u/.test(argumentsText)) return false
  const values: unknown[] = [parsed(argumentsText)]
  for (let value = values.pop(); value !== undefined; value = values.pop()) {
    if (typeof value !== 'object' || value === null) continue
    for (const [name, member] of Object.entries(value)) {
      if (isHostile(name) && typeof member === 'object') return true
      if (typeof member === 'object' && member !== null) values.push(member)
    }
  }
  return false
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No JSON has no names.
    return undefined
  }
}
