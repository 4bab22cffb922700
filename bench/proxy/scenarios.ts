import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Scenario = { readonly id: string; readonly title: string; readonly bodyFile: string; readonly body: string }

/** A folder of this run's own. */
export const FOLDER = mkdtempSync(join(tmpdir(), 'thalamus-bench-'))

/** The requests that are measured: what they ask for is the model `up/m` of the bench's upstream. */
export const SCENARIOS: readonly Scenario[] = [
  scenario('json-1k', '1 kB request, 1 kB JSON answer', 1_024, false),
  scenario('json-20k', '20 kB request, 1 kB JSON answer', 20_480, false),
  scenario('stream-64', '1 kB request, burst of 64 chunks', 1_024, true),
]

function scenario(id: string, title: string, bytes: number, isStreamed: boolean): Scenario {
  const text = (content: string) =>
    JSON.stringify({ model: 'up/m', stream: isStreamed, messages: conversation(content) })
  const body = text(fill(bytes - text('').length))
  const bodyFile = join(FOLDER, `${id}.json`)
  writeFileSync(bodyFile, body)
  return { id, title, bodyFile, body }
}

function conversation(content: string): readonly object[] {
  return [
    { role: 'system', content: 'You are a careful assistant.' },
    { role: 'user', content },
  ]
}

/** Prose with line breaks and quotes, so that JSON has something to unescape; exactly `bytes` long once escaped. */
function fill(bytes: number): string {
  const piece = 'Please read this and say what "matters" most.\n'
  const escaped = JSON.stringify(piece).length - 2
  const whole = Math.floor(bytes / escaped)
  return piece.repeat(whole) + '.'.repeat(bytes - whole * escaped)
}
