import type { ResponseFormat } from '../../core/request.ts'
import type { Losses } from './lose.ts'

/** Of a schema that goes alone. Its name, which OpenAI's formats ask for, is a label and no loss. */
export function loseDescription(format: ResponseFormat & { readonly type: 'json-schema' }, losses: Losses): void {
  if (format.description !== undefined)
    losses.lose('response_format.json_schema.description', 'a format has no description')
}
