// Independent solutions of probes whose answer can be computed: `answers.test.ts` compares them with the keys.

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const isPrime = (n: number): boolean => n > 1 && range(2, Math.floor(Math.sqrt(n))).every((d) => n % d !== 0)

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}

function only<Item>(items: readonly Item[]): Item {
  if (items.length !== 1) throw new Error(`${items.length} solutions: ${JSON.stringify(items.slice(0, 5))}`)
  return items[0] as Item
}

function paths(): number {
  const closed = new Set(['3 3', '5 4', '6 7'])
  const count = (x: number, y: number): number => {
    if (x < 0 || y < 0 || closed.has(`${x} ${y}`)) return 0
    return x === 0 && y === 0 ? 1 : count(x - 1, y) + count(x, y - 1)
  }
  return count(8, 8)
}

function payments(amount: number, coins: readonly number[]): number {
  const ways = [1, ...range(1, amount).map(() => 0)]
  for (const coin of coins) for (const n of range(coin, amount)) ways[n] = (ways[n] ?? 0) + (ways[n - coin] ?? 0)
  return ways[amount] ?? 0
}

function squareDivisors(): number {
  const exponent = (p: number): number => sum(range(1, 20).map((k) => Math.floor(20 / p ** k)))
  return range(2, 20)
    .filter(isPrime)
    .reduce((total, p) => total * (Math.floor(exponent(p) / 2) + 1), 1)
}

function afterSwaps(): string {
  const cards = new Map([...'ABCDEFG'].map((friend, index) => [friend, index + 1]))
  for (const pair of 'AD CF BG DE AC FG EB DA GC BF EA CD FE GB AF DB'.split(' ')) {
    const [one = '', other = ''] = pair
    const card = cards.get(one) ?? 0
    cards.set(one, cards.get(other) ?? 0)
    cards.set(other, card)
  }
  return [...cards.values()].join('')
}

function knights(): string {
  const names = [...'PQRSTU']
  const worlds = range(0, 63).filter((world) => {
    const is = (name: string): boolean => (world >> names.indexOf(name)) % 2 === 1
    const says: Record<string, boolean> = {
      P: names.filter(is).length === 3,
      Q: is('P') === is('S'),
      R: !is('Q') || !is('T'),
      S: is('R') !== is('U'),
      T: !is('P') && is('U'),
      U: !is('Q') || !is('S'),
    }
    return names.every((name) => is(name) === says[name])
  })
  const world = only(worlds)
  return names.filter((_, index) => (world >> index) % 2 === 1).join('')
}

function houses(): string {
  const found = new Set<string>()
  const all = (items: string): string[][] => permutations(items.split(' '))
  for (const people of all('baker doctor judge pilot tailor')) {
    const at = (one: string): number => people.indexOf(one)
    if (at('pilot') !== 0 && at('pilot') !== 4) continue
    if (Math.abs(at('tailor') - at('pilot')) === 1) continue
    if (Math.abs(at('doctor') - at('pilot')) === 1 || at('tailor') > at('baker')) continue
    for (const pets of all('cat dog fish horse owl')) {
      const pet = (one: string): number => pets.indexOf(one)
      if (pet('owl') !== at('judge') + 1 || pet('dog') !== 3 || pet('fish') !== at('baker')) continue
      if (pet('horse') < pet('cat')) continue
      for (const drinks of all('cocoa juice milk tea water')) {
        const drink = (one: string): number => drinks.indexOf(one)
        if (drink('tea') !== at('tailor') || drink('milk') !== drink('water') + 1) continue
        if (drink('juice') !== 0 || drink('milk') !== at('doctor')) continue
        found.add(people.join(', '))
      }
    }
  }
  return only([...found])
}

function winningMoves(): number {
  const piles = [6, 11, 13, 14]
  return piles.flatMap((pile, index) =>
    range(1, pile).filter((taken) => piles.with(index, pile - taken).reduce((a, b) => a ^ b) === 0),
  ).length
}

function latinRow(): string {
  const rows = permutations([1, 2, 3, 4])
  const found = new Set<string>()
  for (const a of rows)
    for (const b of rows)
      for (const c of rows)
        for (const d of rows) {
          const grid = [a, b, c, d]
          if (range(0, 3).some((column) => new Set(grid.map((row) => row[column])).size < 4)) continue
          const at = (row: number, column: number): number => grid[row - 1]?.[column - 1] ?? 0
          if (at(1, 2) !== 3 || at(2, 1) !== 4 || at(3, 4) !== 1 || at(2, 3) < at(3, 3)) continue
          if (at(4, 1) > at(3, 1) || at(1, 4) < at(1, 3)) continue
          found.add(d.join(''))
        }
  return only([...found])
}

function addition(left: string, right: string, total: string): number[] {
  const letters = [...new Set(left + right + total)]
  const weightIn = (word: string, letter: string): number =>
    sum([...word].map((one, index) => (one === letter ? 10 ** (word.length - 1 - index) : 0)))
  const weights = letters.map((one) => weightIn(left, one) + weightIn(right, one) - weightIn(total, one))
  const first = new Set([left[0], right[0], total[0]])
  const found: number[] = []
  const digits: number[] = []
  const search = (rest: number): void => {
    const letter = letters[digits.length]
    if (letter === undefined) {
      if (rest === 0) found.push(sum(letters.map((one, index) => weightIn(total, one) * (digits[index] ?? 0))))
      return
    }
    for (let digit = first.has(letter) ? 1 : 0; digit < 10; digit += 1) {
      if (digits.includes(digit)) continue
      digits.push(digit)
      search(rest + digit * (weights[digits.length - 1] ?? 0))
      digits.pop()
    }
  }
  search(0)
  return found
}

function talks(): string {
  const orders = permutations([...'ABCDEF']).filter((order) => {
    const slot = (talk: string): number => order.indexOf(talk) + 1
    return (
      slot('A') + 1 < slot('C') &&
      slot('B') % 2 === 0 &&
      slot('D') === slot('B') + 1 &&
      slot('E') !== 1 &&
      slot('E') !== 6 &&
      slot('F') > slot('D') &&
      slot('C') % 2 === 1 &&
      Math.abs(slot('A') - slot('E')) > 1
    )
  })
  return only(orders).join('')
}

function oneTruth(): string {
  const names = [...'甲乙丙']
  return only(
    names.filter((honest) => {
      const lies = (name: string): boolean => name !== honest
      const says = [lies('乙'), lies('丙'), lies('甲') && lies('乙')]
      return names.every((name, index) => says[index] === !lies(name))
    }),
  )
}

function modularPower(base: bigint, exponent: number, modulus: bigint): bigint {
  let result = 1n
  for (let step = 0; step < exponent; step += 1) result = (result * base) % modulus
  return result
}

function debt(): number {
  let owed = 12_000
  for (let year = 0; year < 3; year += 1) owed = owed * 1.04 - 3_000
  return owed
}

function recurrence(): number {
  let value = 7
  for (let step = 1; step < 25; step += 1) value = (value ** 2 + 13) % 1000
  return value
}

/** Which books stand where: five places, one order. */
function lastBook(): string {
  const orders = permutations(['yellow', 'red', 'blue', 'green', 'black']).filter((order) => {
    const at = (book: string): number => order.indexOf(book)
    return at('yellow') > at('red') && at('blue') === 3 && at('green') < at('red') && at('black') === 0
  })
  return only(orders)[4] ?? ''
}

function edIsHonest(): string {
  const names = ['Ada', 'Bo', 'Cy', 'Di', 'Ed']
  const worlds = range(0, 31).filter((world) => {
    const honest = (index: number): boolean => (world >> index) % 2 === 1
    const says = [false, honest(0), !honest(1), !honest(2), honest(3)]
    return !honest(0) && names.every((_, index) => index === 0 || honest(index) === says[index])
  })
  return (only(worlds) >> 4) % 2 === 1 ? 'yes' : 'no'
}

function thirdHolder(): string {
  let [ann, ben, cal] = ['red', 'green', 'blue']
  ;[ann, ben] = [ben, ann]
  ;[ben, cal] = [cal, ben]
  ;[ann, cal] = [cal, ann]
  return cal
}

/** Fees of a lease: late after the fifth, or after the next banking day where the fifth is a weekend. */
function feesOwed(): number {
  const payments = [
    ['2030-01-07', false],
    ['2030-02-08', false],
    ['2030-03-06', true],
    ['2030-04-09', false],
    ['2030-05-06', false],
    ['2030-06-12', false],
  ] as const
  return payments.filter(([paid, isExcused]) => {
    const due = new Date(`${paid.slice(0, 7)}-05`)
    while ([0, 6].includes(due.getUTCDay())) due.setUTCDate(due.getUTCDate() + 1)
    return new Date(paid) > due && !isExcused
  }).length
}

const penguins: readonly (readonly [age: number, height: number, weight: number])[] = [
  [7, 50, 11],
  [5, 80, 13],
  [9, 60, 11],
  [8, 70, 15],
  [12, 90, 12],
]

const throws = range(1, 6).flatMap((a) => range(1, 6).map((b) => [a, b]))
const withFive = throws.filter((dice) => dice.includes(5))

export const SOLUTIONS: Readonly<Record<string, () => number | bigint | string>> = {
  'maths-01': () => 5 * (3 + 3) + 2 * (3 + 3),
  'maths-02': () => 7 * 24 - 139,
  'maths-04': () => 80 * 0.85 - 8,
  'maths-05': () => 17 * 23 - 45,
  'maths-06': () => only(range(-100, 100).filter((x) => 3 * x + 7 === 2 * x + 19)),
  'maths-07': () => {
    const minutes = 8 * 60 + 47 + (261 / 90) * 60 + 25 + (84 / 72) * 60
    return `${Math.floor(minutes / 60)}:${Math.round(minutes % 60)}`
  },
  'maths-08': () => range(1, 1000).filter((n) => (n % 6 === 0) !== (n % 15 === 0)).length,
  'maths-09': () => sum(range(101, 149).filter(isPrime)),
  'maths-10': debt,
  'maths-11': () => new Set(permutations([...'BANANAS']).map((word) => word.join(''))).size,
  'maths-12': () => 15 * 2 ** 4 * (-3) ** 2,
  'maths-13': () => `${withFive.filter((dice) => sum(dice) >= 9).length}/${withFive.length}`,
  'maths-15': squareDivisors,
  'maths-16': () => 48739n * 96482n,
  'maths-17': () => 7349182n * 6028457n,
  'maths-18': () => modularPower(3n, 2026, 1009n),
  'maths-19': () =>
    range(0, 2 ** 14 - 1)
      .map((n) => n.toString(2))
      .filter((bits) => !bits.includes('11') && bits.replaceAll('0', '').length % 2 === 0).length,
  'maths-20': paths,
  'maths-21': () => range(1, 17 * 23 * 29).find((n) => n % 17 === 5 && n % 23 === 11 && n % 29 === 3) ?? 0,
  'maths-23': () => payments(137, [2, 5, 11, 23]),
  'maths-24': () =>
    permutations(range(1, 8)).filter((row) => row.every((n, index) => n !== index + 1 && n !== index + 2)).length,
  'maths-25': recurrence,
  'maths-26': () => 150 / 50 + 120 / 40,
  'maths-27': () => 9_000 / (64 - 28),
  'knowledge-10': () => 0.28 * 0.3 * 58.44,
  'knowledge-12': () => 1.2 + 1 / (1 / 4 + 1 / 6),
  'knowledge-15': () => 0.5 ** (38 / 40),
  'knowledge-20': () => 18 / 6,
  'knowledge-21': () => 72 / 0.6,
  'code-22': () => range(1, 7).find((read) => read + 4 > 7) ?? 0,
  'code-19': () =>
    only(
      ['b1', 'xxxy', 'a1234', 'xyy', 'yx'].flatMap((text, index) =>
        /^(?:[a-c]\d{2,3}|x+y?)(?!z)$/.test(text) ? 'ABCDE'[index] : [],
      ) as string[],
    ),
  'code-20': () =>
    only([15, 24, 60, 150, 2400].flatMap((n, index) => (n === 600 * 0.25 ? 'ABCDE'[index] : [])) as string[]),
  'logic-02': thirdHolder,
  'logic-03': () => String(!(true && !true) && (false || !false)),
  'logic-04': () => 2 + 3 + 1 + 1,
  'logic-09': lastBook,
  'logic-10': edIsHonest,
  'logic-12': () => sum(penguins.filter(([age, height]) => age <= 8 && height >= 60).map(([, , weight]) => weight)),
  'logic-11': () => new Date(Date.UTC(2028, 2, 31 - 31)).toISOString().slice(0, 10),
  'logic-14': afterSwaps,
  'logic-15': knights,
  'logic-16': houses,
  'logic-17': winningMoves,
  'logic-18': latinRow,
  'logic-19': () => only([...new Set(addition('HORSE', 'GRASS', 'MEADOW'))]),
  'logic-20': talks,
  'extraction-08': feesOwed,
  'extraction-09': () => 30 + 30 + 60 / 2 + Math.min(60 + 15, 70),
  'languages-02': () => 3 * 6 - 3,
  'languages-04': () => (12 * 4 * 3) / 4,
  'languages-06': () => 24 - 24 / 3 + 2,
  'languages-08': () => 2049 - 64,
  'languages-10': oneTruth,
}
