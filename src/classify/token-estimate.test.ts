import { describe, expect, test } from 'vitest'
import { estimateTokens } from './token-estimate.ts'

// Counts by o200k_base and cl100k_base, as the package gpt-tokenizer 4.0.0 gives them.
const english: readonly (readonly [number, string])[] = [
  [14, 'What is the capital of Australia, and why is it not Sydney?'],
  [
    39,
    'The committee met on Tuesday to discuss the budget for next year. Several members asked for more time to read the figures, and the chair agreed to postpone the vote until the end of the month.',
  ],
  [
    36,
    'export function retryDelay(attempt: number, random: () => number): number {\n  return random() * Math.min(BASE_MS * 2 ** attempt, CAP_MS)\n}\n',
  ],
  [35, '{"id": 17, "name": "blue chair", "price": 49.90, "tags": ["home", "wood"], "stock": null}'],
  [
    46,
    'Prove that $\\sum_{p} 1/p$ diverges, where $p$ runs over the primes, and that $\\pi(x) \\ge \\log \\log x$ for $x \\ge 2$.',
  ],
  [27, 'In 1969, 650 million people watched Apollo 11 land on 20 July at 20:17:40 UTC.'],
]
const others: readonly (readonly [number, string])[] = [
  [21, 'Die Gemeinde hat beschlossen, das alte Rathaus zu renovieren und den Park bis zum Sommer wieder zu öffnen.'],
  [22, 'Le conseil municipal a décidé de rénover la vieille mairie et de rouvrir le parc avant l’été.'],
  [21, 'Совет решил отремонтировать старую ратушу и снова открыть парк до лета.'],
  [20, '市议会决定翻新旧市政厅，并在夏天之前重新开放公园。'],
  [31, '市議会は古い市庁舎を改修し、夏までに公園を再開することを決定しました。'],
  [23, '시의회는 오래된 시청을 개조하고 여름 전에 공원을 다시 열기로 결정했다.'],
]

describe('estimated tokens', () => {
  test.each(english)('are within 20 % of %i for English, code and JSON', (tokens, text) => {
    expect(Math.abs(estimateTokens(text) / tokens - 1)).toBeLessThan(0.2)
  })

  test.each(others)('are within 35 % of %i in other languages', (tokens, text) => {
    expect(Math.abs(estimateTokens(text) / tokens - 1)).toBeLessThan(0.35)
  })

  // By o200k_base; cl100k_base has half of it.
  test.each([
    ['line ends', '\n'.repeat(1_000), 63],
    ['tabs', '\t'.repeat(1_000), 63],
    ['line ends, more than are read', '\n'.repeat(1_000_000), 62_500],
    ['spaces', ' '.repeat(1_000), 9],
    ['blank lines between lines', 'A line.\n\n\n\nAnother line.\n\n\n\nThird one.\n\n\n\n'.repeat(50), 450],
  ])('of a run of %s are within a third: many are one token', (_, text, tokens) => {
    expect(Math.abs(estimateTokens(text) / tokens - 1)).toBeLessThan(0.35)
  })

  test('of a long text come from samples, and agree with the whole', () => {
    const [[, first = ''] = [0, '']] = english
    const once = estimateTokens(`${first} `)
    expect(estimateTokens(`${first} `.repeat(20_000)) / (once * 20_000)).toBeCloseTo(1, 1)
  })

  test('of a long text are read at a bounded number of places', () => {
    let reads = 0
    const text = {
      length: 50_000_000,
      charCodeAt() {
        reads += 1
        return 0x61
      },
    }
    estimateTokens(text as unknown as string)
    expect(reads).toBe(16_384)
  })

  test('of nothing are none', () => {
    expect(estimateTokens('')).toBe(0)
  })
})
