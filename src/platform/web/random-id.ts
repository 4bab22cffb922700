const POOL_BYTES = 4_096

/** `size` unguessable hexadecimal characters, drawn in bulk. */
export const randomId = createRandomId()

// The pool is filled at the first call: some runtimes have no randomness while a program is loaded.
function createRandomId(): (size: number) => string {
  const pool = new Uint8Array(POOL_BYTES)
  let offset = POOL_BYTES
  return (size) => {
    const bytes = Math.ceil(size / 2)
    if (offset + bytes > POOL_BYTES) {
      crypto.getRandomValues(pool)
      offset = 0
    }
    let text = ''
    for (const byte of pool.subarray(offset, offset + bytes)) text += byte.toString(16).padStart(2, '0')
    offset += bytes
    return text.slice(0, size)
  }
}
