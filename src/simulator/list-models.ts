import type { JsonObject } from '../core/json.ts'

const EXAMPLES = [
  'ok',
  'slow-ttft=800',
  'cut@40',
  'cut@0',
  'stall@10',
  'error-in-200',
  'error-in-200@5',
  'empty-200',
  'malformed@5',
  '429;retry-after=1',
  '500',
  'reset',
  'tool:get_weather',
  'tool-parallel',
  'text-tool:hermes',
  'think=20',
  'huge',
  'dribble',
  'never-ends',
]

/** The body of `GET /v1/models`, or of one model; any name but an empty one is a model here. */
export function listModels(path: string, named: readonly string[]): JsonObject | undefined {
  if (path === '/v1/models') return { object: 'list', data: [...named, ...EXAMPLES].map(model) }
  const id = decode(path.slice('/v1/models/'.length))
  return id === undefined || id === '' ? undefined : model(id)
}

function model(id: string): JsonObject {
  return { id, object: 'model', created: 0, owned_by: 'thalamus-simulator' }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // A broken escape names no model.
    return undefined
  }
}
