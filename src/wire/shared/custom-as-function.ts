import type { JsonObject } from '../../core/json.ts'

/** The parameters of a tool that takes free text, for formats whose tools take JSON only. */
export const CUSTOM_PARAMETERS: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The free text that the tool takes.' } },
  required: ['input'],
}

export const CUSTOM_LOSS = 'tools that take free text are unknown here; it takes an object with the text as its input'

/** An earlier call's free text as the arguments that such a tool is declared to take. */
export function customArguments(text: string): JsonObject {
  return { input: text }
}
