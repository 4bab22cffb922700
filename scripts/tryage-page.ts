import type { MethodResult } from '../src/eval/over-seeds.ts'
import { SELECTION_FIGURES } from '../src/eval/selection.ts'

/** One library of models, by domain of prompts. */
export type Table = {
  readonly source: string
  readonly models: number
  readonly domains: readonly {
    readonly name: string
    readonly prompts: number
    readonly methods: readonly MethodResult[]
  }[]
}

export type Page = {
  readonly router: string
  readonly seeds: readonly number[]
  readonly most: number
  /** Libraries that span the domains. */
  readonly whole: readonly Table[]
  /** Libraries of a domain or a few. */
  readonly parts: readonly Table[]
}

/** docs/tryage.md. */
export function tryagePage({ router, seeds, most, whole, parts }: Page): string {
  const sizes = [...whole, ...parts].map(({ models }) => models).sort((a, b) => a - b)
  return `# How often the chosen model is an optimal one

Written by \`node scripts/measure-tryage.ts\`. Do not edit: run it again.

Tryage ([Hari and Thomson, 2023](https://arxiv.org/abs/2308.11601)) measures a router by how often it picks the model that does best on a prompt. It publishes **50.9 %** for itself, **23.6 %** for GPT-3.5 Turbo and **10.8 %** for Gorilla, each asked to choose.
Here is the same measurement on our data, and why the two are not the same.

| | Tryage | here |
|---|---|---|
| models | 11 masked language models (BERT and its kin) | libraries of ${listed(sizes)} chat models |
| prompts | passages of The Pile with words masked out | questions of benchmarks |
| outcome | loss: a real number, hardly ever equal for two models, so one model is optimal | right or wrong (a share of ten runs for code): on most prompts several models are optimal, often all or none |
| chance of a random choice | 1 in 11 = 9.1 % | 1 in ${sizes[0]} to 1 in ${sizes.at(-1)} for *plain*, a lot more for *tie-aware* |
| who is compared with | models asked to choose | the model that is best overall, and a die |

So no column below may be set beside 50.9 % as if it were that figure. *One optimal* is the nearest in kind, for it has no ties; but a prompt that one model of many answers is one that hardly any does, and there the one is mostly chance.

- *plain*: the choice is the one optimal model that is named first, as if optima were unique. It says little, and who always takes a name at the end of the alphabet does badly.
- *by lot*: ties are drawn; one of three optimal models counts a third.
- *tie-aware*: the choice is one of the optimal models.
- *contested*: the same, of the prompts on which not all models are equal.
- *one optimal*: the same, of the prompts with one optimal model.

The router is \`${router}\`, its models learned from the training part of each split, names not given, under the preset \`best\` as the gateway runs it. *Best single* is chosen on the training part. Means over the test parts of ${seeds.length} splits by question (a fifth each); brackets are 95 % intervals of resampled questions. At most ${most} questions of a domain.

In short: the choice is a model that answers as well as any on ${tieAware(parts, 'router')} of the prompts of six domains (a die: ${tieAware(parts, 'random')}; always the model that is best overall: ${tieAware(parts, 'best single')}). Where outcomes are right or wrong, the best model overall is hard to beat on quality alone; what routing gains there is [cost](../policies/README.md#the-cost-weight-on-outcome-data).

## One library for several domains

${whole.map((table) => section(table)).join('\n\n')}

The first has as many models as Tryage’s. Neither has prompts with tools, and only the first has any that ask for code: no source of ours has those beside law and medicine under one protocol.

## A library a domain

The same model scores ten points apart under two protocols, so sources are not pooled under one name: each has its own library.

${parts.map((table) => section(table)).join('\n\n')}

${meanOf(parts)}
`
}

const TITLES = SELECTION_FIGURES.map((name) =>
  name.replaceAll('_', '-').replace('by-lot', 'by lot').replace('one-optimal', 'one optimal'),
)

function section({ source, models, domains }: Table): string {
  const rows = domains.flatMap(({ name, prompts, methods }) =>
    methods.map(({ id, figures, ci }, place) => [
      place === 0 ? `${name} (${prompts})` : '',
      id,
      ...SELECTION_FIGURES.map((figure) => shown(figures[figure], id === 'router' ? ci[figure] : undefined)),
    ]),
  )
  return [`### ${source}, ${models} models`, '', ...markdown(['prompts', 'choice', ...TITLES], rows)].join('\n')
}

function tieAware(tables: readonly Table[], id: string): string {
  return shown(meanFigure(domainsOf(tables), id, 'tie_aware'), undefined)
}

function domainsOf(tables: readonly Table[]): Table['domains'] {
  return tables.flatMap(({ domains }) => domains).filter(({ name }) => name !== 'all')
}

function meanFigure(domains: Table['domains'], id: string, figure: string): number {
  const known = domains.flatMap(({ methods }) => methods.find((method) => method.id === id)?.figures[figure] ?? [])
  return known.reduce((sum, value) => sum + value, 0) / known.length
}

/** Plain averages over the domains. */
function meanOf(tables: readonly Table[]): string {
  const domains = domainsOf(tables)
  const ids = domains[0]?.methods.map(({ id }) => id) ?? []
  const rows = ids.map((id) => [
    id,
    ...SELECTION_FIGURES.map((figure) => shown(meanFigure(domains, id, figure), undefined)),
  ])
  const names = domains.map(({ name }) => name)
  return [
    `### Mean of the ${names.length} domains`,
    '',
    `${names.join(', ')}, each with its own library, each weighing the same.`,
    '',
    ...markdown(['choice', ...TITLES], rows),
  ].join('\n')
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const texts = head.length - SELECTION_FIGURES.length
  return [
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(texts)}${'--:|'.repeat(SELECTION_FIGURES.length)}`,
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ]
}

function shown(value: number | undefined, interval: readonly [number, number] | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–'
  const brackets = interval === undefined ? '' : ` [${interval.map((end) => (100 * end).toFixed(1)).join(', ')}]`
  return `${(100 * value).toFixed(1)} %${brackets}`
}

function listed(counts: readonly number[]): string {
  const sorted = [...new Set(counts)].sort((a, b) => a - b).map(String)
  return sorted.length < 2 ? sorted.join('') : `${sorted.slice(0, -1).join(', ')} and ${sorted.at(-1)}`
}
