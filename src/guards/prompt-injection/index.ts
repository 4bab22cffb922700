import type { Characters, Guard, Scanned } from '../../core/guard.ts'
import type { InjectionSettings } from '../../core/guard-settings.ts'
import type { InjectionModel } from './score.ts'
import { readModel, scoreText } from './score.ts'
import { WEIGHTS } from './weights.ts'

// One model for all guards: it is read when the first is opened.
let model: InjectionModel | undefined

const OVERLAP_CHARACTERS = 1_024

/**
 * Tells texts that give a model orders it should not take: a linear model over words, on windows over all of the text.
 * How it was made and how good it is: scripts/prompt-injection/README.md.
 */
export function createInjectionGuard({ threshold, sources }: Pick<InjectionSettings, 'threshold' | 'sources'>): Guard {
  model ??= readModel(WEIGHTS)
  const read = model
  const asked: ReadonlySet<string> = new Set(sources)
  return {
    id: 'prompt-injection',
    reads: 'conversation',
    scan(text: Characters, from: number, isEnd: boolean, source): Scanned {
      const { length } = text
      if (!asked.has(source) || from === length) return { findings: [], settled: length }
      const piece = textOf(text, from)
      // What ends here may go on: its last words are read once more with what follows.
      const settled = isEnd ? length : Math.max(from, length - OVERLAP_CHARACTERS)
      if (!isEnd && settled === from) return { findings: [], settled }
      const isFound = scoreText(piece, read) >= threshold
      return { findings: isFound ? [{ start: from, end: settled, kind: 'instruction' }] : [], settled }
    },
  }
}

function textOf(text: Characters, from: number): string {
  if (typeof text === 'string') return text.slice(from)
  let piece = ''
  for (let index = from; index < text.length; index += 1) piece += String.fromCharCode(text.charCodeAt(index))
  return piece
}
