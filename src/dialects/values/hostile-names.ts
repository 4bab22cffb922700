import type { JsonObject } from '../../core/json.ts'
import { decodeEntities } from './elements.ts'
import { parameterSchema } from './typed.ts'

const NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** In markup the name may be escaped: no tool asks for one that is. */
export function isHostile(name: string): boolean {
  return NAMES.has(name) || (name.includes('&') && NAMES.has(decodeEntities(name)))
}

/**
 * True for arguments with a member, at any depth, under a name that reaches the prototypes of other objects: what receives
 * it may assign it unseen (design/tool-calling.md §3.3.14). A parameter that the tool declares may be called so if it is
 * no object.
 */
export function hasHostileName(argumentsText: string, parameters: JsonObject | undefined): boolean {
  if (!/__proto__|constructor|prototype|\\u|&/.test(argumentsText)) return false
  const root = parsed(argumentsText)
  const values: unknown[] = [root]
  while (values.length > 0) {
    const value = values.pop()
    if (typeof value !== 'object' || value === null) continue
    for (const [name, member] of Object.entries(value)) {
      const isObject = typeof member === 'object' && member !== null
      const isDeclared = value === root && !isObject && parameterSchema(parameters, name) !== undefined
      if (isHostile(name) && !isDeclared) return true
      if (isObject) values.push(member)
    }
  }
  return false
}

/** The same for a text that could not be read: it looks as if it had such a member. */
export function hasHostileText(text: string): boolean {
  return /(?<![\w$])(?:__proto__|constructor|prototype)["']?\s*[:>]/.test(text)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No JSON has no names.
    return undefined
  }
}
