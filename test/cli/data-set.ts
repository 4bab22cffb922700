import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** Sixty questions of one data set. */
export const QUESTIONS = Array.from({ length: 60 }, (_, index) => ({
  id: `q${index}`,
  key: `k${index}`,
  dataset: 'sums',
  prompt: `What is ${index} plus ${index + 1}?`,
}))

/** A folder with a data set; a new one when not said. */
export function writeSet(
  outcomes: string,
  questions: readonly (object | null)[] = QUESTIONS,
  folder = mkdtempSync(join(tmpdir(), 'thalamus-eval-')),
): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'prompts.jsonl.gz'), gzipSync(questions.map((one) => JSON.stringify(one)).join('\n')))
  writeFileSync(join(folder, 'outcomes.csv'), outcomes)
  return folder
}
