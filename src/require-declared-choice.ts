import { GatewayError } from './core/errors.ts'
import type { ChatRequest } from './core/request.ts'
import type { Tool } from './core/tool.ts'
import type { WireFormat } from './core/wire-format.ts'

const MAX_NAMED = 20

/**
 * Throws `invalid_request` for a choice of a tool that is not declared: an upstream that drops it lets the model call any
 * other (design/tool-calling.md §1.1). Without tools there is nothing to choose from, and a choice is dropped.
 */
export function requireDeclaredChoice({ tools, toolChoice, native }: ChatRequest, format: WireFormat): void {
  if (typeof toolChoice !== 'object' || tools.length === 0 || tools.some(bringsOthers)) return
  const chosen = 'name' in toolChoice ? [toolChoice.name] : toolChoice.allowed
  const unknown = chosen.find((name) => !tools.some((tool) => tool.name === name))
  if (unknown === undefined) return
  const param = format.clientPaths?.(native.body)('tool_choice') ?? 'tool_choice'
  const names = tools.flatMap(({ name }) => (name === '' ? [] : [`"${name.slice(0, 64)}"`]))
  const declared = names.slice(0, MAX_NAMED).join(', ') + (names.length > MAX_NAMED ? ', …' : '')
  throw new GatewayError(
    'invalid_request',
    `${param} names the tool "${unknown.slice(0, 64)}", which is not declared. Declared: ${declared || 'none by name'}.`,
    { param },
  )
}

/** Servers of the Model Context Protocol and namespaces hold tools whose names their provider alone may know. */
function bringsOthers({ native }: Tool): boolean {
  if (native === undefined) return false
  const { type } = native.value
  return [...Object.keys(native.value), typeof type === 'string' ? type : ''].some((name) =>
    /mcp|namespace/i.test(name),
  )
}
