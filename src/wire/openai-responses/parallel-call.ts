import { isJsonObject } from '../../core/json.ts'
import { parseLossless } from '../../core/lossless-json.ts'
import { objectsOf, textOf } from '../shared/read-json.ts'

const WRAPPERS: ReadonlySet<string> = new Set(['parallel', 'multi_tool_use.parallel'])
const RECIPIENT = 'functions.'

/** Names under which models call several functions at once, a tool that nobody declared. */
export function isParallelWrapper(name: string): boolean {
  return WRAPPERS.has(name)
}

/** The calls inside of one, or `undefined` when it is not that: then it is a tool which is really named so. */
export function unwrapParallel(
  argumentsText: string,
): readonly { readonly name: string; readonly argumentsText: string }[] | undefined {
  let value: unknown
  try {
    value = parseLossless(argumentsText)
  } catch {
    // Cut short, or no JSON: passed on as the model wrote it.
    return undefined
  }
  const uses = isJsonObject(value) ? objectsOf(value['tool_uses']) : []
  const calls = uses.flatMap((use) => {
    const recipient = textOf(use['recipient_name'])
    const { parameters } = use
    if (recipient?.startsWith(RECIPIENT) !== true || !isJsonObject(parameters)) return []
    return [{ name: recipient.slice(RECIPIENT.length), argumentsText: JSON.stringify(parameters) }]
  })
  return calls.length > 0 && calls.length === uses.length ? calls : undefined
}
