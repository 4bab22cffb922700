import type { JsonObject, JsonValue } from '../../core/json.ts'
import { table } from '../../core/table.ts'
import { objectOf, textOf } from '../shared/read-json.ts'
import type { Shape } from '../shared/unread-members.ts'
import { shape } from '../shared/unread-members.ts'

// What `readRequest` reads of a body, place by place.

const MARK = shape('type ttl')
const SOURCES = table<Shape>({
  base64: shape('type media_type data'),
  text: shape('type media_type data'),
  url: shape('type url'),
  file: shape('type file_id'),
})

function sourceShape({ type }: JsonObject): Shape | undefined {
  return SOURCES[textOf(type) ?? '']
}

const IMAGE = shape('type', { source: sourceShape, cache_control: MARK })
const DOCUMENT = shape('type title', { source: sourceShape, cache_control: MARK })
const BLOCKS = table<Shape>({
  text: shape('type text', { cache_control: MARK }),
  thinking: shape('type thinking signature'),
  redacted_thinking: shape('type data'),
  tool_use: shape('type id name input', { cache_control: MARK }),
  tool_result: shape('type tool_use_id is_error', { content: blockShape, cache_control: MARK }),
})

/** A block that only this format has, which a document of blocks is too, is lost as a whole: writers say that. */
function blockShape({ type, source }: JsonObject): Shape | undefined {
  if (type !== 'image' && type !== 'document') return BLOCKS[textOf(type) ?? '']
  if (sourceShape(objectOf(source)) === undefined) return undefined
  return type === 'image' ? IMAGE : DOCUMENT
}

const TOOL = shape('type name description input_schema strict', { cache_control: MARK })
const FORMAT = shape('type schema')

function toolShape({ type }: JsonObject): Shape | undefined {
  return type === undefined || type === null || type === 'custom' ? TOOL : undefined
}

function formatShape({ type }: JsonObject): Shape | undefined {
  return type === 'json_schema' ? FORMAT : undefined
}

/** Whether a format of the answer is one that is read. */
export function isReadFormat(format: JsonValue | undefined): boolean {
  return formatShape(objectOf(format)) !== undefined
}

export const BODY = shape('model max_tokens temperature top_p top_k stop_sequences stream routing', {
  system: blockShape,
  messages: shape('role', { content: blockShape }),
  tools: toolShape,
  tool_choice: shape('type name disable_parallel_tool_use'),
  thinking: shape('type budget_tokens display'),
  metadata: shape('user_id'),
  output_config: shape('effort', { format: formatShape }),
  output_format: formatShape,
})
