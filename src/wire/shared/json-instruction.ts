import type { ResponseFormat } from '../../core/request.ts'

/** What asks for JSON in words, where a model cannot be held to it. */
export function jsonInstruction(format: ResponseFormat & { readonly type: 'json-object' | 'json-schema' }): string {
  const only =
    'When you give your final answer, give a single JSON value and nothing else: no explanation, no code fence.'
  return format.type === 'json-object'
    ? only
    : `${only} It must be valid against this JSON Schema: ${JSON.stringify(format.schema)}`
}
