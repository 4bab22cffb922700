import { isJsonObject } from '../../core/json.ts'
import { requireShallow } from '../../core/json-depth.ts'
import type { Declared } from '../dialect.ts'

/** A call of a turn that is over. `argumentsText`: JSON of an object, as the client sent it back. */
export type WrittenCall = { readonly name: string; readonly argumentsText: string; readonly id?: string | undefined }

/** How a family's chat template puts the calls of one turn. */
export type Layout = {
  readonly before?: string
  readonly between?: string
  readonly after?: string
  call(call: WrittenCall, index: number, declared: Declared): string
}

/**
 * The arguments as they were sent, as long as they are an object; none are `{}`. What is no object, or nested too deep, is
 * kept as the text of one member, as for the providers (design/tool-calling.md §1.3).
 */
export function objectText({ argumentsText }: WrittenCall): string {
  const text = argumentsText.trim()
  if (text === '') return '{}'
  return isShallowObject(text) ? text : `{"rawInvalidInput": ${JSON.stringify(argumentsText)}}`
}

function isShallowObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    requireShallow(value, text)
    return isJsonObject(value)
  } catch {
    // Neither is an error of the request that is being written.
    return false
  }
}
