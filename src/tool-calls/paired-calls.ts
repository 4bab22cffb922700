type Call = { readonly name: string; readonly argumentsText: string }

/** Words of longer arguments are not compared: the first tell calls apart. */
const MAX_WORDS = 500
const MAX_LENGTH = 8_192

/**
 * For every broken call the one of `again` that stands for it, each used once; `undefined` where none does. As many as were
 * asked for come in their order. Of fewer or more, each stands for the one that it has most words in common with: a model
 * may mend only one of two calls, or make others once more. A call of a name that no tool has may come back under any.
 */
export function pairedCalls<T extends Call>(
  broken: readonly Call[],
  again: readonly T[],
  isDeclared: (name: string) => boolean,
): (T | undefined)[] {
  const fits = ({ name }: Call, one: Call): boolean => name === one.name || !isDeclared(name)
  const isInOrder = again.length === broken.length && broken.every((call, place) => fits(call, again[place] ?? call))
  if (isInOrder) return [...again]
  const words = again.map(wordsOf)
  const pairs = broken.flatMap((call, place) => {
    const own = wordsOf(call)
    return again.flatMap((one, index) =>
      fits(call, one)
        ? [{ place, index, isSame: call.name === one.name, likeness: inCommon(own, words[index] ?? own) }]
        : [],
    )
  })
  pairs.sort((left, right) => Number(right.isSame) - Number(left.isSame) || right.likeness - left.likeness)
  const paired = new Map<number, T | undefined>()
  const used = new Set<number>()
  for (const { place, index } of pairs) {
    if (paired.has(place) || used.has(index)) continue
    paired.set(place, again[index])
    used.add(index)
  }
  return broken.map((_, place) => paired.get(place))
}

function wordsOf({ argumentsText }: Call): ReadonlySet<string> {
  return new Set(
    argumentsText
      .slice(0, MAX_LENGTH)
      .match(/[\p{L}\p{N}]+/gu)
      ?.slice(0, MAX_WORDS),
  )
}

function inCommon(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  return [...one].filter((word) => other.has(word)).length
}
