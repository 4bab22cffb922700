import type { JsonObject } from '../../core/json.ts'
import type { ResponseFormat } from '../../core/request.ts'
import type { Traits } from '../../core/wire-format.ts'
import type { Losses } from './lose.ts'
import { compact } from './read-json.ts'
import { fitStrict } from './strict-schema.ts'

/** The form of an answer as OpenAI names it; what it says of a schema stands beside its type, as in Responses. */
export function writeResponseFormat(
  format: ResponseFormat | undefined,
  traits: Traits,
  losses: Losses,
): JsonObject | undefined {
  switch (format?.type) {
    case undefined:
      return undefined
    case 'text':
      return { type: 'text' }
    case 'json-object':
      return { type: 'json_object' }
    case 'json-schema': {
      const { name, description, schema } = format
      const path = 'response_format.json_schema.strict'
      const strict = fitStrict(format.strict, schema, traits, (why) => losses.lose(path, why))
      return compact({ type: 'json_schema', name: name ?? 'answer', description, schema, strict })
    }
    default: {
      const unhandled: never = format
      return unhandled
    }
  }
}
