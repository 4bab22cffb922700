import { isJsonObject } from './core/json.ts'
import type { ChatBody, ChatRequest } from './core/request.ts'
import { isBound } from './sessions/bound-state.ts'

/**
 * False of a call whose copy would be felt by its caller: it goes on from what a provider keeps, where the copy would be a
 * turn of the same conversation; it is run in the background and kept; or its provider calls MCP servers, which act. What
 * stays in a body for OpenRouter is for nobody else.
 */
export function mayBeCopied({ native: { body } }: ChatRequest, { said }: Pick<ChatBody, 'said'>): boolean {
  if (said !== undefined && said.kept.length > 0) return false
  if (isBound(body) || body['background'] === true) return false
  const { tools, mcp_servers: servers } = body
  if (Array.isArray(servers) && servers.length > 0) return false
  return !(Array.isArray(tools) && tools.some((tool) => isJsonObject(tool) && tool['type'] === 'mcp'))
}
