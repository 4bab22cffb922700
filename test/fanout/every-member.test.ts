import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import type { Loss } from '../../src/core/wire-format.ts'
import type { Translation } from '../../src/dispatch/upstream-request.ts'
import { written } from '../../src/dispatch/upstream-request.ts'
import { BODIES, CLOSED, STRUCTURE, TARGETS } from './every-member.ts'
import { formatOf, translationOf } from './fixtures.ts'
import { at, membersOf, withEverywhere, without } from './json-paths.ts'

// Whatever a client sends, at any depth, every provider either gets or is named in the losses, by its path in the client's
// body: what can be taken out without a change of what is written, and is not named, was lost silently.

const isOpen = (name: string): boolean => !CLOSED.has(name)

describe.each(BODIES)('%s, %s', (client, _what, known) => {
  const body = withEverywhere(known, isOpen, { zzz: 'unknown' }) as JsonObject
  const members = membersOf(body, isOpen).filter(
    (path) => !STRUCTURE.has(path) && !STRUCTURE.has(path.split('.').at(-1) ?? '') && at(body, path) !== null,
  )

  test.each(TARGETS)('at %s', (name) => {
    const translation = translationOf(name, formatOf(client).readRequest(body, { model: 'auto', stream: false }))
    const whole = write(body, translation)
    const silent = members.filter(
      (path) =>
        !isNamed(path, whole.losses) && !isSaid(body, path, whole.body, translation) && !happens(path, translation),
    )
    const misplaced = whole.losses.map(({ path }) => path).filter((path) => (at(body, path) ?? null) === null)
    expect({ silent, misplaced }).toEqual({ silent: [], misplaced: [] })
  })
})

function write(
  body: JsonObject,
  translation: Translation,
): { readonly body: string; readonly losses: readonly Loss[] } {
  const chat = translation.client.readRequest(body, { model: 'auto', stream: false })
  const { body: sent, losses } = written(chat, translation)
  return { body: JSON.stringify(sent), losses }
}

/** Named itself, with what it stands in, or with all that stands in it. */
function isNamed(path: string, losses: readonly Loss[]): boolean {
  const camel = path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return losses.some(({ path: lost }) => [path, camel].some((one) => isWithin(one, lost) || isWithin(lost, one)))
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || (path.startsWith(outer) && /[.[]/.test(path.charAt(outer.length)))
}

/** What happens there anyway. */
function happens(path: string, { client, spoken, target, configured }: Translation): boolean {
  // Thoughts are shown whether or not anybody asks, wherever they are not hidden.
  if (/\.(?:display|summary|includeThoughts)$/.test(path)) return configured?.provider.traits?.hidesThoughts !== true
  // Gemini holds to its schemas whatever it is forced to call; Responses is strict where nothing else is said.
  if (/\.strict$/.test(path)) return target.provider.startsWith('google') || client.id === 'openai-responses'
  // A client of the provider's own format has his choice told in the provider's own words.
  // So has one who calls functions as they were called of old, whose results name the call by its function.
  return /^(?:tool_choice\.|function_call\.|messages\[3\]\.name$)/.test(path) && spoken === client
}

function isSaid(body: JsonObject, path: string, sent: string, translation: Translation): boolean {
  const fewer = without(body, path)
  try {
    return write(fewer, translation).body !== sent
  } catch {
    // What a reader cannot do without is read.
    return isJsonObject(fewer)
  }
}
