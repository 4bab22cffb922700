import type { Paint } from './terminal.ts'
import { columns, wrap } from './terminal.ts'

/** A router that `router.use: auto` gave up, because even short prompts take it longer than a decision may wait. */
export type TooSlow = { readonly router: string; readonly took_ms: number; readonly deadline_ms: number }

/** What `check` found where nothing is wrong; JSON names, because `--json` prints it. */
export type Findings = {
  /** The path of the configuration, or where the models come from without one. */
  readonly source: string
  readonly address: string
  readonly keys: readonly string[]
  readonly policy: string
  readonly router:
    | {
        readonly name: string
        readonly device: string
        readonly first_decision_ms: number
        readonly is_late: boolean
        readonly too_slow?: TooSlow
      }
    | undefined
  /** Devices beside those in use, with what came of trying them on the golden prompts. */
  readonly devices: readonly {
    readonly device: string
    readonly runs: boolean
    readonly ms: number | undefined
    readonly cosine: number | undefined
    readonly batches: boolean | undefined
    readonly reason: string | undefined
  }[]
  readonly providers: readonly {
    readonly name: string
    readonly type: string
    readonly base_url: string | undefined
    readonly key: string | undefined
    readonly models: number
    readonly in_catalogue: number
  }[]
  readonly pools: readonly { readonly name: string; readonly models: number }[]
  /** Models that the operator probed. */
  readonly profiles: readonly { readonly model: string; readonly date: string | undefined }[]
  readonly not_enforced: readonly string[]
  /** Models that a budget pays nothing for, as their prices are not known. */
  readonly unpriced: readonly string[]
  /** Files of secrets that every user of this machine may read. */
  readonly exposed_secrets: readonly string[]
}

const SOURCES: Readonly<Record<string, string>> = {
  discovered: 'no configuration: keys and local servers found on this machine',
  simulator: 'no configuration, no key and no local server: the built-in simulator',
}

/** Findings as text: what the gateway would serve, and a table of providers. */
export function describeFindings(found: Findings, paint: Paint, width: number): string {
  const { router, pools, keys } = found
  const late = router?.is_late === true ? ', a first decision came too late' : ''
  const facts: readonly (readonly [label: string, pieces: readonly string[]])[] = [
    ['source', [SOURCES[found.source] ?? found.source]],
    ['address', [found.address]],
    ['keys', keys.length === 0 ? ['none: only this machine may call'] : keys],
    ['policy', [found.policy]],
    [
      'router',
      [router === undefined ? 'none' : `${router.name} on ${router.device}, ${router.first_decision_ms} ms${late}`],
    ],
    ['devices', found.devices.length === 0 ? ['none: this router runs no model'] : found.devices.map(describeDevice)],
    ['profiles', found.profiles.length === 0 ? ['none'] : found.profiles.map(({ model, date }) => `${model} ${date}`)],
    ['pools', pools.length === 0 ? ['none'] : pools.map(({ name, models }) => `${name} (${models})`)],
  ]
  const head = ['provider', 'models', 'known', 'key', 'address']
  const rows = found.providers.map(({ name, models, in_catalogue: known, key, base_url: url }) => [
    name,
    String(models),
    String(known),
    key ?? '–',
    url ?? 'built in',
  ])
  const [header = '', ...lines] = columns([head, ...rows], [1, 2])
  const text = [
    ...facts.flatMap(([label, pieces]) => wrap(label.padEnd(9), pieces, ', ', width)),
    '',
    paint('dim', header),
    ...lines,
    '',
    ...(router?.too_slow === undefined ? [] : tooSlowNote(router.too_slow, router.name, width)).map((line) =>
      paint('yellow', line),
    ),
    ...unpricedNote(found.unpriced, width).map((line) => paint('yellow', line)),
    ...found.not_enforced.map((path) => paint('yellow', `note: ${path} is accepted and not enforced by this version`)),
    ...found.exposed_secrets.map((path) =>
      paint('yellow', `note: ${path} can be read by every user of this machine: chmod o-r ${path}`),
    ),
  ]
  return `${text.join('\n')}\n`
}

const NAMED = 5

function unpricedNote(models: readonly string[], width: number): readonly string[] {
  if (models.length === 0) return []
  const more = models.length > NAMED ? ` and ${models.length - NAMED} more` : ''
  const text = `budgets of keys pay nothing for models whose price is not known: ${models.slice(0, NAMED).join(', ')}${more}. Add price_in and price_out to their facts.`
  return wrap('note: ', text.split(' '), ' ', width)
}

function tooSlowNote({ router, took_ms: took, deadline_ms: deadline }: TooSlow, instead: string, width: number) {
  const text = `${router} is not used and ${instead} predicts alone: even short prompts took ${took} ms here, and router.deadline_ms is ${deadline}. Raise it, or name router.use.`
  return wrap('note: ', text.split(' '), ' ', width)
}

function describeDevice({ device, runs, ms, cosine, reason }: Findings['devices'][number]): string {
  if (!runs) return `${device}: ${reason}`
  const agreement = cosine === undefined ? '' : `, cosine ${cosine} to the CPU`
  return ms === undefined ? `${device}: answers` : `${device}: ran the golden prompts, ${ms} ms each${agreement}`
}
