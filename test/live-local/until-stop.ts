/** Text up to the first of the stops, which is left out; what may be a stop's beginning waits. */
export async function* untilStop(
  text: AsyncIterable<string>,
  stops: readonly string[],
  onStop: () => void,
): AsyncGenerator<string, void> {
  let waiting = ''
  for await (const piece of text) {
    waiting += piece
    const found = stops.map((stop) => waiting.indexOf(stop)).filter((place) => place >= 0)
    if (found.length > 0) {
      onStop()
      const before = waiting.slice(0, Math.min(...found))
      if (before !== '') yield before
      return
    }
    const held = Math.max(0, ...stops.map((stop) => begunAtEnd(waiting, stop)))
    const ready = waiting.slice(0, waiting.length - held)
    waiting = waiting.slice(waiting.length - held)
    if (ready !== '') yield ready
  }
  if (waiting !== '') yield waiting
}

/** How many characters at the end of the text are the stop's first. */
function begunAtEnd(text: string, stop: string): number {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(stop.slice(0, length))) return length
  }
  return 0
}
