import { looseName, withoutPrefix } from '../core/loose-name.ts'
import { nearest } from '../core/nearest.ts'

/** Finds the declared tool that a model's name means. */
export type ToolNames = {
  /** A declared name; `undefined` where none, or more than one, is meant. */
  find(name: string): string | undefined
  /** For "did you mean". */
  near(name: string): string[]
}

const MAX_NAME = 256
const SURROUNDINGS = /^[\s"'`]+|[\s"'`]+$/g
/** What follows a name in a harmony header that was read as a part of it, and the `:0` of Kimi's ids. */
const TAIL = /<\|[\s\S]*$|\(\s*\)$|:\d+$/

export function createToolNames(names: readonly string[]): ToolNames {
  const declared = new Set(names)
  let byForm: Map<string, string | undefined> | undefined

  /** Of every loose form the name that has it; `undefined` for several. */
  function forms(): Map<string, string | undefined> {
    const found = new Map<string, string | undefined>()
    for (const name of declared) {
      const form = looseName(name)
      found.set(form, found.has(form) ? undefined : name)
    }
    return found
  }

  return {
    find(name) {
      if (declared.has(name)) return name
      if (name.length > MAX_NAME) return undefined
      const bare = name.replace(SURROUNDINGS, '').replace(TAIL, '').replace(SURROUNDINGS, '')
      const candidates = [bare, withoutPrefix(bare)]
      const exact = candidates.find((candidate) => declared.has(candidate))
      if (exact !== undefined) return exact
      byForm ??= forms()
      for (const candidate of candidates) {
        const only = byForm.get(looseName(candidate))
        if (only !== undefined) return only
      }
      return undefined
    },
    near: (name) => nearest(withoutPrefix(name), declared),
  }
}
