import { isIP } from 'node:net'

/**
 * `forbidden`: where clouds keep the credentials of their machines, and what is no single host; nothing here has a reason to
 * go there. `private`: this machine and networks of one's own. Everything else is `public`.
 */
export type AddressKind = 'public' | 'private' | 'forbidden'

type Range = readonly [prefix: string, bits: number]

// https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry. Link-local is where AWS, Azure,
// Google and others serve metadata; Alibaba (100.100.100.200), Azure (168.63.129.16) and Oracle (192.0.0.192) have one more.
const FORBIDDEN: readonly Range[] = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['224.0.0.0', 3],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::', 32],
  ['fd20:ce::', 32],
]
const PRIVATE: readonly Range[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['::', 127],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fec0::', 10],
]
/** Where an IPv4 address stands inside of an IPv6 one: mapped, compatible, NAT64, 6to4. */
const EMBEDDING: readonly (readonly [range: Range, at: number])[] = [
  [['::ffff:0:0', 96], 12],
  [['::ffff:0:0:0', 96], 12],
  [['::', 96], 12],
  [['64:ff9b::', 96], 12],
  [['2002::', 16], 2],
]

/** What an IP address is; `forbidden` for what is none. */
export function addressKind(address: string): AddressKind {
  const bytes = bytesOf(address.replace(/%.*$/, ''))
  return bytes === undefined ? 'forbidden' : kindOf(bytes)
}

function kindOf(bytes: readonly number[]): AddressKind {
  if (FORBIDDEN.some((range) => isWithin(bytes, range))) return 'forbidden'
  if (PRIVATE.some((range) => isWithin(bytes, range))) return 'private'
  const embedding = EMBEDDING.find(([range]) => isWithin(bytes, range))
  return embedding === undefined ? 'public' : kindOf(bytes.slice(embedding[1], embedding[1] + 4))
}

function isWithin(bytes: readonly number[], [prefix, bits]: Range): boolean {
  const start = bytesOf(prefix) ?? []
  if (start.length !== bytes.length) return false
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff
    const index = bit / 8
    if (((bytes[index] ?? 0) & mask) !== ((start[index] ?? 0) & mask)) return false
  }
  return true
}

const parsed = new Map<string, readonly number[]>()

/** The 4 or 16 bytes of an address. Ranges are read once. */
function bytesOf(address: string): readonly number[] | undefined {
  const known = parsed.get(address)
  if (known !== undefined) return known
  const family = isIP(address)
  if (family === 0) return undefined
  const bytes = family === 4 ? address.split('.').map(Number) : bytesOfSix(address)
  if (RANGE_STARTS.has(address)) parsed.set(address, bytes)
  return bytes
}

const RANGE_STARTS = new Set([...FORBIDDEN, ...PRIVATE, ...EMBEDDING.map(([range]) => range)].map(([prefix]) => prefix))

function bytesOfSix(address: string): number[] {
  const four = /[\d.]+\.\d+$/.exec(address)?.[0]
  const words = four === undefined ? address : address.slice(0, -four.length) + wordsOfFour(four)
  const [head = '', tail] = words.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill('0')
  return [...before, ...gap, ...after].flatMap((word) => {
    const value = Number.parseInt(word, 16)
    return [value >> 8, value & 0xff]
  })
}

function wordsOfFour(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}
