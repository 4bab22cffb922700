/**
 * `forbidden`: where clouds keep the credentials of their machines, and what is no single host; nothing here has a reason to
 * go there. `private`: this machine and networks of one's own. Everything else is `public`.
 */
export type AddressKind = 'public' | 'private' | 'forbidden'

type Range = readonly [prefix: string, bits: number]

// https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry. Link-local is where AWS, Azure,
// Google and others serve metadata; Alibaba (100.100.100.200), Azure (168.63.129.16), Oracle (192.0.0.192, fd00:c1::a9fe:a9fe)
// and Scaleway (fd00:42::42) have one more.
const FORBIDDEN: readonly Range[] = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['224.0.0.0', 3],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:42::42', 128],
  ['fd00:c1::a9fe:a9fe', 128],
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
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['::', 127],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['fc00::', 7],
  ['fec0::', 10],
]
/** All that is assigned for unicast; what is beyond it and in no list here is reserved. */
const GLOBAL: Range = ['2000::', 3]
/** RFC 8215: NAT64 of one's own network, with a prefix of any length in it. */
const LOCAL_NAT64: Range = ['64:ff9b:1::', 48]
/** Where the IPv4 address stands inside of an IPv6 one: mapped, translated, compatible, NAT64, 6to4. */
const EMBEDDING: readonly (readonly [range: Range, at: number])[] = [
  [['::ffff:0:0', 96], 12],
  [['::ffff:0:0:0', 96], 12],
  [['::', 96], 12],
  [['64:ff9b::', 96], 12],
  [LOCAL_NAT64, 12],
  [['2002::', 16], 2],
]
const TEREDO: Range = ['2001::', 32]
// RFC 6052 §2.2, of prefixes shorter than 96 bits: the address goes around a byte of zeros, and zeros follow it.
const AROUND_ZERO: readonly (readonly number[])[] = [
  [6, 7, 9, 10],
  [7, 9, 10, 11],
  [9, 10, 11, 12],
]

/** What an IP address is; `forbidden` for what is none. */
export function addressKind(address: string): AddressKind {
  const bytes = bytesOf(address.replace(/%.*$/, ''))
  return bytes === undefined ? 'forbidden' : kindOf(bytes)
}

function kindOf(bytes: readonly number[]): AddressKind {
  const embedded = addressesIn(bytes)
  const kinds = [ownKind(bytes, embedded.length > 0), ...embedded.map(kindOf)]
  return SEVEREST.find((kind) => kinds.includes(kind)) ?? 'public'
}

const SEVEREST: readonly AddressKind[] = ['forbidden', 'private']

function ownKind(bytes: readonly number[], isEmbedding: boolean): AddressKind {
  if (FORBIDDEN.some((range) => isWithin(bytes, range))) return 'forbidden'
  if (PRIVATE.some((range) => isWithin(bytes, range))) return 'private'
  return bytes.length === 4 || isEmbedding || isWithin(bytes, GLOBAL) ? 'public' : 'forbidden'
}

/** The IPv4 addresses that an IPv6 one may lead to. */
function addressesIn(bytes: readonly number[]): readonly (readonly number[])[] {
  if (bytes.length === 4) return []
  const found = EMBEDDING.filter(([range]) => isWithin(bytes, range)).map(([, at]) => bytes.slice(at, at + 4))
  if (isWithin(bytes, LOCAL_NAT64)) {
    const fits = AROUND_ZERO.filter((places) => bytes.slice((places[3] ?? 0) + 1).every((byte) => byte === 0))
    found.push(...fits.map((places) => places.map((place) => bytes[place] ?? 0)))
  }
  // RFC 4380 §4: the server, and the client with its bits turned over.
  if (isWithin(bytes, TEREDO))
    found.push(
      bytes.slice(4, 8),
      bytes.slice(12).map((byte) => byte ^ 0xff),
    )
  // ISATAP, RFC 5214 §6.1, below any prefix.
  const [a = 0, b, c, d] = bytes.slice(8)
  if ((a & 0xfd) === 0 && b === 0 && c === 0x5e && d === 0xfe) found.push(bytes.slice(12))
  return found
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
  const family = familyOf(address)
  if (family === 0) return undefined
  const bytes = family === 4 ? address.split('.').map(Number) : bytesOfSix(address)
  if (RANGE_STARTS.has(address)) parsed.set(address, bytes)
  return bytes
}

const FOUR = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

/** 4 or 6; 0 for what is no IP address. */
export function familyOf(address: string): 0 | 4 | 6 {
  if (FOUR.test(address)) return 4
  return address.includes(':') && URL.canParse(`http://[${address}]`) ? 6 : 0
}

const RANGES = [...FORBIDDEN, ...PRIVATE, ...EMBEDDING.map(([range]) => range), GLOBAL, TEREDO, LOCAL_NAT64]
const RANGE_STARTS = new Set(RANGES.map(([prefix]) => prefix))

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
