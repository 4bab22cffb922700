// FIPS 180-4. `crypto.subtle` has only one that answers later, and what the gateway digests, it needs at once.

const ROUNDS = 64
const BLOCK_BYTES = 64
const LENGTH_BYTES = 8

/** SHA-256 of a text's UTF-8, in base64. */
export function sha256(text: string): string {
  return base64(sha256Bytes(new TextEncoder().encode(text)))
}

/** SHA-256, 32 bytes. */
export function sha256Bytes(message: Uint8Array): Uint8Array {
  const state = Int32Array.from(START)
  const schedule = new Int32Array(ROUNDS)
  const whole = message.length - (message.length % BLOCK_BYTES)
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  for (let at = 0; at < whole; at += BLOCK_BYTES) mix(state, schedule, view, at)
  const tail = tailOf(message, whole)
  for (let at = 0; at < tail.byteLength; at += BLOCK_BYTES) mix(state, schedule, tail, at)
  const digest = new DataView(new ArrayBuffer(state.length * 4))
  for (let word = 0; word < state.length; word += 1) digest.setInt32(word * 4, state[word] ?? 0)
  return new Uint8Array(digest.buffer)
}

/** What is left of a message after its whole blocks, with its end mark and its length in bits. */
function tailOf(message: Uint8Array, whole: number): DataView {
  const rest = message.subarray(whole)
  const blocks = rest.length + 1 + LENGTH_BYTES > BLOCK_BYTES ? 2 : 1
  const bytes = new Uint8Array(blocks * BLOCK_BYTES)
  bytes.set(rest)
  bytes[rest.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setBigUint64(bytes.length - LENGTH_BYTES, BigInt(message.length) * 8n)
  return view
}

function mix(state: Int32Array, schedule: Int32Array, block: DataView, at: number): void {
  for (let word = 0; word < 16; word += 1) schedule[word] = block.getInt32(at + word * 4)
  for (let word = 16; word < ROUNDS; word += 1) {
    const two = schedule[word - 2] ?? 0
    const fifteen = schedule[word - 15] ?? 0
    const low = turned(fifteen, 7) ^ turned(fifteen, 18) ^ (fifteen >>> 3)
    const high = turned(two, 17) ^ turned(two, 19) ^ (two >>> 10)
    schedule[word] = (schedule[word - 16] ?? 0) + low + (schedule[word - 7] ?? 0) + high
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let round = 0; round < ROUNDS; round += 1) {
    const chosen = (e & f) ^ (~e & g)
    const most = (a & b) ^ (a & c) ^ (b & c)
    const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + chosen + (K[round] ?? 0)) | 0
    const first = (one + (schedule[round] ?? 0)) | 0
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + most) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  const after = [a, b, c, d, e, f, g, h]
  for (let word = 0; word < after.length; word += 1) state[word] = (state[word] ?? 0) + (after[word] ?? 0)
}

function turned(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

const START = Int32Array.from(
  [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
  (word) => word | 0,
)

/** The first 32 bits of the fractions of the cube roots of the first 64 primes. */
const K = Int32Array.from(
  [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
    0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
    0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
    0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2,
  ],
  (word) => word | 0,
)
