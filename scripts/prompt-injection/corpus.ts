import { FAMILIES, HARMLESS } from './grammar.ts'
import { SLOTS } from './slots.ts'

export type Example = { readonly text: string; readonly isAttack: boolean; readonly family: string }

/** xorshift32: the same corpus every time. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

function pick<Value>(list: readonly Value[], random: () => number): Value {
  const found = list[Math.floor(random() * list.length)]
  if (found === undefined) throw new Error('an empty list')
  return found
}

/** `template` with one of each slot's words: `{ignore} {all} {previous} {instructions}`. */
export function filled(template: string, random: () => number): string {
  let text = template
  for (let round = 0; round < 4 && text.includes('{'); round += 1) {
    text = text.replaceAll(/\{(\w+)\}/g, (_all, name: string) => pick(SLOTS[name] ?? [`{${name}}`], random))
  }
  return text
}

/** Attacks of families, some alone, most inside of harmless texts; and harmless texts that speak of the same things. */
export function attacks(
  families: readonly string[],
  count: number,
  carriers: readonly string[],
  random: () => number,
): Example[] {
  return Array.from({ length: count }, () => {
    const family = pick(families, random)
    const core = filled(pick(FAMILIES[family] ?? [], random), random)
    return { text: carried(core, carriers, random), isAttack: true, family }
  })
}

export function harmless(count: number, carriers: readonly string[], random: () => number): Example[] {
  return Array.from({ length: count }, () => {
    const core = filled(pick(HARMLESS, random), random)
    return { text: carried(core, carriers, random), isAttack: false, family: 'harmless' }
  })
}

function carried(core: string, carriers: readonly string[], random: () => number): string {
  const shape = random()
  const cased = random() < 0.1 ? core.toUpperCase() : random() < 0.2 ? core.toLowerCase() : core
  if (shape < 0.35) return cased
  const carrier = pick(carriers, random).split(/\s+/)
  const start = Math.floor(random() * Math.max(1, carrier.length - 20))
  const before = carrier.slice(start, start + 4 + Math.floor(random() * 16)).join(' ')
  const after = carrier.slice(start + 20, start + 20 + Math.floor(random() * 16)).join(' ')
  if (shape < 0.6) return `${before} ${cased}`
  if (shape < 0.75) return `${cased} ${after}`
  return `${before}\n\n${cased}\n${after}`
}
