import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Characters } from '../../core/guard.ts'
import { PII_KINDS } from '../../core/guard-settings.ts'
import { createPiiGuard } from './index.ts'

const guard = createPiiGuard({ kinds: PII_KINDS })

/** `text` with what was found as `<kind:text>`. */
function marked(text: string): string {
  let out = ''
  let copied = 0
  for (const { start, end, kind } of guard.scan(text, 0, true, 'user').findings) {
    out += `${text.slice(copied, start)}<${kind}:${text.slice(start, end)}>`
    copied = end
  }
  return out + text.slice(copied)
}

const FOUND: readonly (readonly [string, string])[] = [
  ['email', 'jane.doe+news@mail.example.co.uk'],
  ['email', 'josé@exemple.fr'],
  ['email', 'ja\u200bne\u00ad@exam\u2060ple.org'],
  ['email', 'ｊａｎｅ＠ｅｘａｍｐｌｅ．ｏｒｇ'],
  ['email', 'jane.doe%40example.org'],
  ['card', '4111111111111111'],
  ['card', '4111 1111 1111 1111'],
  ['card', '3782-822463-10005'],
  ['card', '４１１１１１１１１１１１１１１１'],
  ['card', '4111\u200b1111\u200b1111\u200b1111'],
  ['card', '4\u200b1\u200b1\u200b1\u200b111111111111'],
  ['iban', 'DE89370400440532013000'],
  ['iban', 'GB82 WEST 1234 5698 7654 32'],
  ['iban', 'fr1420041010050500013m02606'],
  ['phone', '+49 (0)30 901820'],
  ['phone', '+442079460958'],
  ['phone', '0049 30 901820'],
  ['phone', '(212) 555-0123'],
  ['phone', '212-555-0123'],
  ['phone', '1-212-555-0123'],
  ['phone', '030 90182012'],
  ['phone', '0171/1234567'],
  ['phone', '01 23 45 67 89'],
  ['phone', '＋４９　３０　９０１８２０'],
  ['ip', '203.0.113.7'],
  ['ip', '2001:db8::8a2e:370:7334'],
  ['ip', '2001:0db8:0000:0000:0000:8a2e:0370:7334'],
  ['ssn', '536-90-4399'],
  ['national_id', '86095742719'],
  ['national_id', '943 476 5919'],
  ['national_id', '1 85 12 75 108 123 95'],
  ['national_id', 'AB 12 34 56 C'],
  ['secret', 'sk-proj-abcDEF0123456789abcDEF'],
  ['secret', 'AKIAIOSFODNN7EXAMPLE'],
  ['secret', `ghp_${'a1B2'.repeat(9)}`],
  ['secret', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r'],
  ['secret', '-----BEGIN RSA PRIVATE KEY-----\nMIIEow+/=\n-----END RSA PRIVATE KEY-----'],
]

test.each(FOUND)('finds the %s %s in a sentence, in brackets and behind a Chinese word', (kind, text) => {
  for (const around of ['It is # now.', '(#)', '"#"', '是#，', '#', 'x: #; y', '\n#\n']) {
    expect(marked(around.replace('#', text))).toBe(around.replace('#', `<${kind}:${text}>`))
  }
})

test.each([
  'Version 1.2.3, released 2024-07-23 12:30:45, size 1234567890 bytes.',
  '4111111111111112',
  'order 1720000000000',
  'DE89370400440532013001',
  'std::vector<int> a::b Foo::bar face::cafe',
  'pi is 3.14159265358979, e is 2.718281828459045',
  '05-06-2024 12:30 and 05/06/2024 12',
  'user@localhost and @handle and a@b',
  'sk-learn-is-a-library-for-machine-learning',
  '127.0.0.1:8080 and 0.0.0.0',
  '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16',
  '0.4111111111111111',
  'x4111111111111111',
  '986-90-4399 and 000-12-3456',
  '86095742718',
  '[EMAIL_1] and [CARD_12]',
  'f(212) = 555',
])('leaves %s as it is', (text) => {
  expect(marked(text)).toBe(text)
})

test('an address of the Internet is found behind a name and a colon, and in a mapped one', () => {
  expect(marked('client:203.0.113.7, ::ffff:203.0.113.8')).toBe('client:<ip:203.0.113.7>, ::ffff:<ip:203.0.113.8>')
  expect(marked('https://example.org/?to=jane%40example.org&x=1')).toBe(
    'https://example.org/?to=<email:jane%40example.org>&x=1',
  )
})

test('kinds that are not asked for are left', () => {
  const emails = createPiiGuard({ kinds: ['email'] })
  const { findings } = emails.scan('a@b.example, 4111111111111111, +442079460958', 0, true, 'user')
  expect(findings).toEqual([{ start: 0, end: 11, kind: 'email' }])
})

const HOSTILE = [
  'a.',
  'a@',
  'a%40',
  `${'a.'.repeat(30)}%40${'a.'.repeat(120)}`,
  'a\u200b',
  'a@\u200b',
  '4\u200b',
  'ａ',
  'a@b.',
  '1 ',
  '4111 ',
  '-',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  '+1',
  '(212) ',
  'DE89 ',
  'eyJaaaaaaa.',
  'eyJ',
  '1.1.',
  'a:',
  '::1',
  'sk-a',
  'AKIA',
  '0 ',
  '٣',
]

test('what a text costs grows with its length alone: no more than 150 looks a character, whatever it is', () => {
  for (const unit of HOSTILE) {
    const half = looks(unit, 40_000)
    const whole = looks(unit, 80_000)
    expect(whole / half, unit).toBeLessThan(2.02)
    expect(whole / 80_000, unit).toBeLessThan(150)
  }
})

test('a megabyte of everything at once is no dearer', () => {
  expect(looks(HOSTILE.join(''), 1_000_000) / 1_000_000).toBeLessThan(150)
})

/** How often a guard looks at a character of a text of one unit over and over. */
function looks(unit: string, length: number): number {
  let count = 0
  const text: Characters = {
    length,
    charCodeAt(index) {
      count += 1
      return unit.charCodeAt(index % unit.length)
    },
  }
  guard.scan(text, 0, true, 'user')
  return count
}

const snippet = fc.oneof(
  fc.constantFrom(...FOUND.map(([, text]) => text), ...HOSTILE),
  fc.constantFrom(' ', '.', ',', '\n', '是', '😀', '"', '[', '1', 'a', '@', '-', '+', '\u200b', '．', '＠'),
  fc.string({ maxLength: 5 }),
)

test('what is found does not depend on where a text is cut', () => {
  fc.assert(
    fc.property(
      fc.array(snippet, { maxLength: 12 }),
      fc.array(fc.nat({ max: 40 }), { maxLength: 20 }),
      (parts, cuts) => {
        const text = parts.join('')
        const whole = guard.scan(text, 0, true, 'user').findings
        const found: unknown[] = []
        let from = 0
        let seen = 0
        for (const cut of [...cuts, Infinity]) {
          seen = Math.min(text.length, seen + cut)
          const { findings, settled } = guard.scan(text.slice(0, seen), from, cut === Infinity, 'user')
          found.push(...findings)
          from = settled
        }
        expect(found).toEqual(whole)
      },
    ),
    { numRuns: 2_000 },
  )
})
