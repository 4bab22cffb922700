import type { ContentPart } from '../../core/content.ts'
import type { Losses } from './lose.ts'

/** Why a cache mark is lost on providers that decide for themselves what they keep. */
export const NO_MARKS = 'the provider takes no cache marks; it caches by itself'

export function loseMark(part: ContentPart, path: string, losses: Losses): void {
  if ('cache' in part && part.cache !== undefined) losses.lose(`${path}.cache_control`, NO_MARKS)
}
