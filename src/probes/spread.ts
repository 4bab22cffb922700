import type { Probe } from './probe.ts'

/** The probes in an order of which every beginning holds all kinds and difficulties alike: a run may be cut short. */
export function spread(probes: readonly Probe[]): Probe[] {
  const groups = Map.groupBy(probes, ({ kind, difficulty }) => `${kind} ${difficulty}`)
  const placed = [...groups.values()].flatMap((group) =>
    group.map((probe, index) => ({ probe, place: (index + 0.5) / group.length })),
  )
  return placed.toSorted((left, right) => left.place - right.place).map(({ probe }) => probe)
}
