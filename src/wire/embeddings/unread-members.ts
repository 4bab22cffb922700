import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Loss } from '../../core/wire-format.ts'

const READ = new Set(['model', 'input', 'dimensions', 'encoding_format', 'input_type', 'routing'])

/** Members of OpenAI's body that no other service has. */
export function unreadMembers(body: JsonObject, read: readonly string[] = []): Loss[] {
  return Object.entries(body)
    .filter(([name, value]) => !READ.has(name) && !read.includes(name) && isSaid(value))
    .map(([name]) => ({ path: name, reason: 'only OpenAI’s embeddings have it' }))
}

function isSaid(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null
}
