import type { Message } from '../../core/request.ts'
import type { Losses } from '../shared/lose.ts'
import { NO_MARKS } from './write-tools.ts'

/** The texts of the instructions before a conversation, one a block. */
export function systemTexts(messages: readonly Message[], losses: Losses): string[] {
  return messages.flatMap((message, index) => textsOf(message, `messages[${index}]`, losses))
}

/** Instructions hold text alone. */
export function textsOf({ content, name }: Message, path: string, losses: Losses): string[] {
  if (name !== undefined) losses.lose(`${path}.name`, 'turns have no names here')
  return content.flatMap((part, at) => {
    if (part.type !== 'text') {
      losses.lose(`${path}.content[${at}]`, 'an instruction holds text alone')
      return []
    }
    if (part.cache !== undefined) losses.lose(`${path}.content[${at}].cache_control`, NO_MARKS)
    return part.text === '' ? [] : [part.text]
  })
}
