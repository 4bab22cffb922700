import type { Message } from '../../core/request.ts'
import type { Losses } from '../shared/lose.ts'
import { loseMark } from '../shared/no-cache-marks.ts'

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
    loseMark(part, `${path}.content[${at}]`, losses)
    return part.text === '' ? [] : [part.text]
  })
}
