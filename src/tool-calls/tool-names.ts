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
const PREFIX = /^(?:functions?|tools?|default_api)[.:/]/i

export function createToolNames(names: readonly string[]): ToolNames {
  const declared = new Set(names)
  let byForm: Map<string, string | undefined> | undefined

  /** Of every loose form the name that has it; `undefined` for several. */
  function forms(): Map<string, string | undefined> {
    const found = new Map<string, string | undefined>()
    for (const name of declared) {
      const form = loose(name)
      found.set(form, found.has(form) ? undefined : name)
    }
    return found
  }

  return {
    find(name) {
      if (declared.has(name)) return name
      if (name.length > MAX_NAME) return undefined
      const bare = name.replace(SURROUNDINGS, '').replace(TAIL, '').replace(SURROUNDINGS, '')
      const candidates = [bare, bare.replace(PREFIX, '')]
      const exact = candidates.find((candidate) => declared.has(candidate))
      if (exact !== undefined) return exact
      byForm ??= forms()
      for (const candidate of candidates) {
        const only = byForm.get(loose(candidate))
        if (only !== undefined) return only
      }
      return undefined
    },
    near: (name) => nearest(name.replace(PREFIX, ''), declared),
  }
}

function loose(name: string): string {
  return name.toLowerCase().replace(/[-.\s]/g, '_')
}
