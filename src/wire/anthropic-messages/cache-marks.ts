import type { CacheMark, ContentPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { Losses } from '../shared/lose.ts'

const MAX_MARKS = 4

/** Marks of one request. The API takes four: the last four of the prompt's own order (tools, system, messages) count. */
export type CacheMarks = {
  /** The block with its mark. Blocks must come in the prompt's order. */
  put(block: JsonObject, cache: CacheMark | undefined, path: string): JsonObject
}

export function createCacheMarks(request: ChatRequest, losses: Losses): CacheMarks {
  const tools = request.tools.filter((tool) => tool.cache !== undefined).length
  const blocks = request.messages.reduce((sum, { content }) => sum + countMarks(content), 0)
  let surplus = Math.max(0, tools + blocks - MAX_MARKS)
  return {
    put(block, cache, path) {
      if (cache === undefined) return block
      if (surplus > 0) {
        surplus -= 1
        losses.lose(`${path}.cache_control`, `only ${MAX_MARKS} marks are taken; the last ones were kept`)
        return block
      }
      const { ttl } = cache
      return { ...block, cache_control: ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl } }
    },
  }
}

function countMarks(content: readonly ContentPart[]): number {
  return content.reduce((sum, part) => {
    const inner = part.type === 'tool-result' ? countMarks(part.content) : 0
    return sum + inner + ('cache' in part && part.cache !== undefined ? 1 : 0)
  }, 0)
}
