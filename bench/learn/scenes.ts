import { generator } from '../../src/eval/generator.ts'
import type { LoopCall, LoopOptions, World } from './closed-loop.ts'

// Six kinds of prompts, five models at the prices of a usual pool. `large` is the best at most of them.

export const BELIEVED: World = {
  large: [0.86, 0.84, 0.8, 0.82, 0.9, 0.78],
  rival: [0.82, 0.85, 0.77, 0.78, 0.88, 0.76],
  medium: [0.76, 0.78, 0.7, 0.72, 0.86, 0.7],
  small: [0.62, 0.7, 0.55, 0.6, 0.82, 0.6],
  tiny: [0.4, 0.5, 0.35, 0.4, 0.7, 0.45],
}

export const PRICES = { large: 15, rival: 12, medium: 4, small: 0.6, tiny: 0.1 }

/** The kind in which the world changes. */
export const CHANGED_KIND = 0

const BASE: LoopOptions = {
  seed: 1,
  calls: 20_000,
  callsPerDay: 1_000,
  feedback: 0.05,
  explore: 0,
  isLearning: true,
  prices: PRICES,
  believed: BELIEVED,
  directives: { quality: { band: 2 }, weights: { cost: 1 } },
  world: () => BELIEVED,
}

export const WORSE_FROM = 4_000
export const WELL_FROM = 14_000

/** `large` silently gets worse at one kind of prompt, 0.86 ▶ 0.46, and is as before ten days later. */
export function dropScene(given: Partial<LoopOptions> = {}): LoopOptions {
  const worse = withQuality('large', 0.46)
  return {
    ...BASE,
    calls: 60_000,
    world: (call) => (call >= WORSE_FROM && call < WELL_FROM ? worse : BELIEVED),
    ...given,
  }
}

/** Two models that are never the best, at the price of the one that is; answers are another length than predicted. */
export function unaskedScene(lengthRatio: number, given: Partial<LoopOptions> = {}): LoopOptions {
  const { large = [] } = BELIEVED
  const worse = (points: number): readonly number[] => large.map((quality) => quality - points / 100)
  const believed = { large, rival: worse(3), medium: worse(4) }
  const prices = { large: 15, rival: 15, medium: 15 }
  return { ...BASE, calls: 10_000, explore: 0.05, isLearning: false, prices, believed, lengthRatio, ...given }
}

/** `rival` is much better at one kind than anybody believes, and who follows the router never asks it. */
export function hiddenScene(given: Partial<LoopOptions> = {}): LoopOptions {
  const better = withQuality('rival', 0.95)
  return { ...BASE, calls: 40_000, feedback: 0.5, world: () => better, ...given }
}

/** Nothing changes, and the router is off by some points, another number of them for every model and kind. */
export function wrongScene(seed: number, given: Partial<LoopOptions> = {}): LoopOptions {
  const random = generator(seed + 1_000)
  const believed = Object.fromEntries(
    Object.entries(BELIEVED).map(([model, kinds]) => [model, kinds.map((quality) => quality + 0.05 * normal(random))]),
  )
  return { ...BASE, seed, believed: clamped(believed), ...given }
}

function clamped(world: Record<string, number[]>): World {
  return Object.fromEntries(
    Object.entries(world).map(([model, kinds]) => [model, kinds.map((one) => Math.min(0.98, Math.max(0.02, one)))]),
  )
}

/** By Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Nothing changes, and the router is right. */
export function calmScene(given: Partial<LoopOptions> = {}): LoopOptions {
  return { ...BASE, ...given }
}

function withQuality(model: string, quality: number): World {
  const kinds = BELIEVED[model] ?? []
  return { ...BELIEVED, [model]: kinds.map((believed, kind) => (kind === CHANGED_KIND ? quality : believed)) }
}

/** Share of the calls that a model answers. */
export function shareOf(calls: readonly LoopCall[], model: string): number {
  return calls.filter((one) => one.model === model).length / calls.length
}

export function meanOf(calls: readonly LoopCall[], read: (call: LoopCall) => number): number {
  return calls.reduce((sum, call) => sum + read(call), 0) / calls.length
}

/** The first call from which on, over the next `window` calls of the kind, the model answers less (or more) than `share`. */
export function firstWhere(
  calls: readonly LoopCall[],
  model: string,
  holds: (share: number) => boolean,
  window = 50,
): LoopCall | undefined {
  for (let start = 0; start + window <= calls.length; start += 1) {
    if (holds(shareOf(calls.slice(start, start + window), model))) return calls[start]
  }
  return undefined
}
