// What hides words from a reader of words: characters without width, letters of other alphabets that look the same,
// letters apart, encodings. Each is undone once, in time that grows with the text's length alone.

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu

/** Letters that look like Latin ones, by what they look like. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  [
    ['абвеёкмнорстухіјѕԁԛԝһӏ', 'aвbeekmhopctyxijsdqwhl'.replace('aвb', 'abb')],
    ['αβεηικνορτυχωγ', 'abeniknoptuxwy'],
    ['ıɡɑɩʟᴀᴄᴅᴇᴊᴋᴍɴᴏᴘᴛᴜᴠᴡᴢ', 'igailacdejkmnoptuvwz'],
  ].flatMap(([from = '', to = '']) => [...from].map((letter, index) => [letter, to[index] ?? letter] as const)),
)
const DIGITS: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's' }
const LATIN = /[a-z]/
const OTHER_ALPHABET = /[\u0370-\u052f\u0250-\u02af\u1d00-\u1d7f\u0131]/
const LEET = /^(?=.*[a-z].*[a-z])[a-z0134578@$]+$/

/** A text as its reader sees it: compatible forms, lower case, nothing that has no width. */
export function seen(text: string): string {
  return text.replaceAll(INVISIBLE, '').normalize('NFKC').toLowerCase()
}

/** A word of `seen` text in one alphabet, and without digits for letters. */
export function spelled(word: string): string {
  let plain = word.normalize('NFD').replaceAll(/\p{M}/gu, '')
  if (OTHER_ALPHABET.test(plain) && LATIN.test(plain))
    plain = [...plain].map((one) => LOOKALIKES.get(one) ?? one).join('')
  if (/[0134578@$]/.test(plain) && LEET.test(plain)) plain = [...plain].map((one) => DIGITS[one] ?? one).join('')
  return plain
}

const BASE64 = /[A-Za-z0-9+/_-]{24,}={0,2}/g
const HEX = /(?:[0-9a-fA-F]{2}[\s:]?){16,}/g
const PERCENT = /(?:%[0-9a-fA-F]{2}){8,}/g
// As in JSON and most programming languages, and as in HTML.
const ESCAPES = /(?<!\\)\\+(?:u\{?([0-9a-fA-F]{4,6})\}?|x([0-9a-fA-F]{2})|[nrt"'/])/g
const ENTITIES = /&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));?/g
const PRINTABLE = 0.9

/**
 * What is written in base64, hexadecimal or percent signs in a text, as far as it is text; and all of the text without
 * escapes, where it has some. Each encoding gives at most the text's length.
 */
export function decodedIn(text: string): string[] {
  const plain = unescaped(text)
  const found = plain === text ? [] : [plain]
  for (const [pattern, decode] of ENCODINGS) {
    for (const [stretch] of text.matchAll(pattern)) {
      const decoded = decode(stretch)
      if (decoded !== undefined && isProse(decoded)) found.push(decoded)
    }
  }
  return found
}

function unescaped(text: string): string {
  const plain = text.includes('\\')
    ? text.replace(ESCAPES, (_, unicode?: string, byte?: string) => fromCode(unicode ?? byte, 16))
    : text
  if (!plain.includes('&#')) return plain
  return plain.replace(ENTITIES, (_, hex?: string, decimal?: string) =>
    hex === undefined ? fromCode(decimal, 10) : fromCode(hex, 16),
  )
}

/** A space for a line break, a quotation mark and the like, and for what is no character. */
function fromCode(digits: string | undefined, radix: number): string {
  const code = digits === undefined ? SPACE : Number.parseInt(digits, radix)
  return code > LAST_CODE ? ' ' : String.fromCodePoint(code)
}

const SPACE = 32
const LAST_CODE = 0x10ffff

const utf8 = new TextDecoder()

const ENCODINGS: readonly (readonly [RegExp, (stretch: string) => string | undefined])[] = [
  [BASE64, fromBase64],
  [HEX, (stretch) => fromHex(stretch.replaceAll(/[\s:]/g, ''))],
  [PERCENT, (stretch) => fromHex(stretch.replaceAll('%', ''))],
]

function fromBase64(stretch: string): string | undefined {
  const plain = stretch.replaceAll('-', '+').replaceAll('_', '/').replaceAll('=', '')
  try {
    const binary = atob(plain.slice(0, plain.length - (plain.length % 4 === 1 ? 1 : 0)))
    return utf8.decode(Uint8Array.from(binary, (one) => one.charCodeAt(0)))
  } catch {
    // A long word, a path.
    return undefined
  }
}

function fromHex(digits: string): string {
  const bytes = new Uint8Array(digits.length >> 1)
  for (let index = 0; index < bytes.length; index += 1)
    bytes[index] = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16)
  return utf8.decode(bytes)
}

function isProse(text: string): boolean {
  const printable = text.match(/[\p{L}\p{N}\p{P}\p{S}\s]/gu)?.length ?? 0
  return text.length >= 8 && printable >= PRINTABLE * text.length && !text.includes('\ufffd')
}
