import { isObjectText } from '../core/object-text.ts'
import type { SettledCall } from './settle-call.ts'

const MAX_ARGUMENTS = 4_000

/**
 * What a model is asked again with about a broken call: the call and its errors as JSON on one line, and what to do. Arguments
 * that are no JSON, or long, are a string in it, cut after 4000 characters.
 */
export function describeErrors({ name, argumentsText, errors }: SettledCall): string {
  const isWhole = argumentsText.length <= MAX_ARGUMENTS && isObjectText(argumentsText)
  const shown = isWhole ? argumentsText.trim() : JSON.stringify(argumentsText.slice(0, MAX_ARGUMENTS))
  const described = `{"tool":${JSON.stringify(name)},"arguments":${shown},"errors":${JSON.stringify(errors)}}`
  const isUnknown = errors.some(({ keyword }) => keyword === 'name')
  const advice = isUnknown
    ? 'This call was not made: call one of the declared tools by its exact name.'
    : 'This call was not made: call the tool again with all of its arguments, corrected so that they fit its schema.'
  return `${described}\n${advice}`
}
