import type { Random } from './random.ts'

// Values that break what expects others: of each type, empty, huge, odd, and names that objects have of old.
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  'x',
  '\u0000',
  '\ud800',
  '🙂'.repeat(50),
  'a'.repeat(70_000),
  '__proto__',
  'constructor',
  [],
  [[[[[[[[]]]]]]]],
  {},
  { __proto__: null, type: 'text' },
  { type: 'tool_use' },
  'data:image/png;base64,AAAA',
  'http://169.254.169.254/latest/meta-data',
]

const ODD_NAMES = ['__proto__', 'constructor', 'toString', '', 'type', 'content', 'role', 'stream', 'a'.repeat(300)]

/** The value with up to three places changed: removed, doubled, swapped, of another type, renamed, wrapped. */
export function mutateJson(value: unknown, random: Random): unknown {
  let mutated = value
  for (let count = 1 + random.below(3); count > 0; count -= 1) mutated = mutateOnce(mutated, random)
  return mutated
}

function mutateOnce(value: unknown, random: Random): unknown {
  const isContainer = typeof value === 'object' && value !== null && Object.keys(value).length > 0
  // Down the tree most of the time: what is nested deep is read by more code.
  if (isContainer && random.next() < 0.85) return inside(value, random)
  if (random.next() < 0.1) return wrapped(value, random.below(200))
  return random.pick(ODD_VALUES)
}

function inside(value: object, random: Random): unknown {
  if (Array.isArray(value)) {
    const index = random.below(value.length)
    switch (random.below(6)) {
      case 0:
        return value.toSpliced(index, 1)
      case 1:
        return value.toSpliced(index, 0, value[index])
      case 2:
        return value.toReversed()
      default:
        return value.with(index, mutateOnce(value[index], random))
    }
  }
  const entries = Object.entries(value)
  const index = random.below(entries.length)
  const [name, member] = entries[index] ?? ['', null]
  switch (random.below(6)) {
    case 0:
      return Object.fromEntries(entries.toSpliced(index, 1))
    case 1:
      return Object.fromEntries(entries.with(index, [random.pick(ODD_NAMES), member]))
    case 2:
      return Object.fromEntries([...entries, [random.pick(ODD_NAMES), random.pick(ODD_VALUES)]])
    default:
      return Object.fromEntries(entries.with(index, [name, mutateOnce(member, random)]))
  }
}

function wrapped(value: unknown, depth: number): unknown {
  let deep = value
  for (let level = 0; level < depth; level += 1) deep = level % 2 === 0 ? [deep] : { a: deep }
  return deep
}

/** The bytes with a few changed, left out, doubled, cut off or put between others. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let mutated = bytes
  for (let count = 1 + random.below(4); count > 0; count -= 1) mutated = bytesOnce(mutated, random)
  return mutated
}

function bytesOnce(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1)
  const length = random.below(40)
  switch (random.below(6)) {
    case 0: {
      const changed = bytes.slice()
      if (at < changed.length) changed[at] = random.below(256)
      return changed
    }
    case 1:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length))
    case 2:
      return joined(bytes.subarray(0, at + length), bytes.subarray(at))
    case 3:
      return bytes.subarray(0, at)
    case 4:
      return joined(
        bytes.subarray(0, at),
        Uint8Array.from({ length }, () => random.below(256)),
        bytes.subarray(at),
      )
    default: {
      // Two pieces change places, as events do in disorder.
      const middle = at + random.below(bytes.length - at + 1)
      const end = middle + random.below(bytes.length - middle + 1)
      return joined(bytes.subarray(0, at), bytes.subarray(middle, end), bytes.subarray(at, middle), bytes.subarray(end))
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
