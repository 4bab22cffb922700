/** Beyond this, what is done to the bytes weighs more than finding the code that does it: not worth holding them back. */
export const SMALL_BYTES = 4_096

/**
 * Collects what one turn of the event loop brings and runs it together, right after the turn's I/O. Code that runs once
 * between two system calls runs cold: a busy gateway spends a quarter less on a request when several go through each
 * step in a row. An idle one waits for nothing, as its turn ends at once.
 */
export function createBatch<Item>(run: (item: Item) => void): (item: Item) => void {
  let items: Item[] = []

  function drain(): void {
    const batch = items
    items = []
    for (const item of batch) run(item)
  }

  return (item) => {
    items.push(item)
    if (items.length === 1) setImmediate(drain)
  }
}
