import type { Rejection } from '../format.ts'
import type { Finding } from '../shape.ts'

/** A 400 in Ollama's terms. https://docs.ollama.com/api/errors */
export function invalid(message: string): Rejection {
  return { status: 400, message, type: 'invalid_request', param: null, code: null }
}

const GO_TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'bool',
  integer: 'int',
  number: 'float64',
  array: '[]interface {}',
  object: 'map[string]interface {}',
}

/** A finding in the words of Go's decoder. https://pkg.go.dev/encoding/json#UnmarshalTypeError */
export function invalidShape({ path, problem, expected, value }: Finding, request = 'ChatRequest'): Rejection {
  const at = path.filter((step) => typeof step === 'string').join('.')
  if (problem === 'missing') return invalid(`${at} is required`)
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  // `ToolCallFunctionArguments` in https://github.com/ollama/ollama/blob/main/api/types.go
  const type = at.endsWith('function.arguments') ? 'api.ToolCallFunctionArguments' : (GO_TYPES[expected] ?? expected)
  return invalid(`json: cannot unmarshal ${kind} into Go struct field ${request}.${at} of type ${type}`)
}

export function writeError({ message }: Rejection): string {
  return JSON.stringify({ error: message })
}
