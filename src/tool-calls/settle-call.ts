import type { Tool } from '../core/tool.ts'
import type { CallError } from './call-errors.ts'
import type { ArgumentsChange, SettledArguments } from './settle-arguments.ts'
import { createArgumentsSettler } from './settle-arguments.ts'
import { createToolNames } from './tool-names.ts'

/** `valid`: as it came, but for no arguments at all, which become `{}`. */
export type Outcome = 'valid' | 'repaired' | 'broken'

export type SettledCall = {
  /** Of a declared tool, unless that is what is broken. */
  readonly name: string
  /** A JSON object that fits the tool's schema, unless broken: then with what could be mended of it, or as it came. */
  readonly argumentsText: string
  readonly outcome: Outcome
  readonly changes: readonly ('name' | ArgumentsChange)[]
  /** Of `argumentsText`; empty unless broken. */
  readonly errors: readonly CallError[]
}

export type CallSettler = { settle(call: { readonly name: string; readonly argumentsText: string }): SettledCall }

const MAX_PASSES = 3

/**
 * Judges and mends calls by the tools as the client declared them. Never throws. For calls that are whole: what an answer
 * was cut off in belongs nowhere near it. Tools that take free text, and a provider's own, are not judged.
 */
export function createCallSettler(tools: readonly Tool[]): CallSettler {
  const declared = new Map(tools.filter(({ name }) => name !== '').map((tool) => [tool.name, tool]))
  const names = createToolNames([...declared.keys()])
  const settlers = new Map<string, (text: string) => SettledArguments>()

  function settlerOf(tool: Tool): (text: string) => SettledArguments {
    const known = settlers.get(tool.name)
    if (known !== undefined) return known
    const settler = createArgumentsSettler(tool.parameters, (name) => names.find(name) === tool.name)
    settlers.set(tool.name, settler)
    return settler
  }

  return {
    settle({ name: said, argumentsText }) {
      const name = names.find(said)
      const tool = name === undefined ? undefined : declared.get(name)
      if (name === undefined || tool === undefined) {
        const errors = [unknownTool(said, names.near(said))]
        return { name: said, argumentsText, outcome: 'broken', changes: [], errors }
      }
      const isJudged = tool.custom === undefined && tool.native === undefined
      const found = isJudged ? atRest(settlerOf(tool), argumentsText) : { text: argumentsText, changes: [], errors: [] }
      const changes = [...(name === said ? [] : ['name' as const]), ...found.changes]
      const fitting = changes.length > 0 ? 'repaired' : 'valid'
      const outcome = found.errors.length > 0 ? 'broken' : fitting
      return { name, argumentsText: found.text, outcome, changes, errors: found.errors }
    },
  }
}

/** What was mended may be what else can be mended: a wrapper that stood beside something. */
function atRest(settle: (text: string) => SettledArguments, said: string): SettledArguments {
  let found = settle(said)
  for (let pass = 0; pass < MAX_PASSES && found.changes.length > 0; pass += 1) {
    const again = settle(found.text)
    if (again.text === found.text) break
    found = { ...again, changes: [...new Set([...found.changes, ...again.changes])] }
  }
  return found
}

function unknownTool(name: string, near: readonly string[]): CallError {
  const meant = near.length === 0 ? '' : ` Near it: ${near.join(', ')}.`
  return { path: '', keyword: 'name', message: `There is no tool named ${JSON.stringify(name.slice(0, 80))}.${meant}` }
}
