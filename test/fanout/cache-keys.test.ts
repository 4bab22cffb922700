import { describe, expect, test } from 'vitest'
import { requestDigests } from '../../src/cache/request-key.ts'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import type { WireFormatId } from '../../src/core/request.ts'
import { BODIES } from './every-member.ts'
import { formatOf } from './fixtures.ts'
import { at, membersOf, without } from './json-paths.ts'

// Every member of a request, at any depth, is a part of what names its answer. Digests are the texts themselves here.

const FRAMING = new Set(['model', 'stream', 'stream_options', 'stream_options.include_obfuscation'])

// What says of the rest only what it is anyway: the kind of a block, the place in a list, what happens where nothing is said.
const IMPLIED =
  /(?:^|[.])(?:type|role|index|strict|media_type|mimeType|responseMimeType|response_mime_type|functionResponse[.]id)$/

function digestsOf(client: WireFormatId, body: JsonObject) {
  const format = formatOf(client)
  const chat = format.readRequest(body, { model: 'auto', stream: false })
  return requestDigests(chat, format, JSON.stringify(body), (text) => text)
}

/** The body with another value there. */
function changed(body: JsonObject, path: string): JsonObject {
  const copy = structuredClone(body) as JsonObject
  const dot = path.lastIndexOf('.')
  const owner = (dot < 0 ? copy : at(copy, path.slice(0, dot))) as Record<string, JsonValue>
  const name = path.slice(dot + 1)
  const value = owner[name]
  if (typeof value === 'number') owner[name] = value + 1
  else if (typeof value === 'boolean') owner[name] = !value
  else if (typeof value === 'string') owner[name] = `${value}x`
  return copy
}

/** What every format can say of it. */
function sharable(client: WireFormatId, body: JsonObject): JsonObject {
  let left = body
  for (let losses = formatOf(client).unread(left); losses.length > 0; losses = formatOf(client).unread(left)) {
    const fewer = losses.reduce((rest: JsonObject, { path }) => withoutAt(rest, path), left)
    if (JSON.stringify(fewer) === JSON.stringify(left)) return left
    left = fewer
  }
  return left
}

function withoutAt(body: JsonObject, path: string): JsonObject {
  if (!path.endsWith(']')) return without(body, path)
  const copy = structuredClone(body) as JsonObject
  const list = at(copy, path.slice(0, path.lastIndexOf('[')))
  if (Array.isArray(list)) list.splice(Number(/\[(\d+)\]$/.exec(path)?.[1]), 1)
  return copy
}

describe.each(BODIES)('%s, %s', (client, _what, body) => {
  const members = membersOf(body, () => true).filter((path) => !FRAMING.has(path))

  test('no request without one of its members, or with another value of it, is the same', () => {
    const { exact } = digestsOf(client, body)
    const same = members.filter((path) =>
      [without(body, path), changed(body, path)].some(
        (other) =>
          JSON.stringify(other) !== JSON.stringify(body) && isSame(() => digestsOf(client, other).exact, exact),
      ),
    )
    expect(same).toEqual([])
  })

  test('nor is it to clients of other formats', () => {
    const plain = sharable(client, body)
    const { shared } = digestsOf(client, plain)
    const inIt = membersOf(plain, () => true).filter((path) => !FRAMING.has(path) && !IMPLIED.test(path))
    const same = inIt.filter((path) =>
      [without(plain, path), changed(plain, path)].some(
        (other) =>
          shared !== undefined &&
          JSON.stringify(other) !== JSON.stringify(plain) &&
          isSame(() => digestsOf(client, other).shared, shared),
      ),
    )
    expect(same).toEqual([])
  })
})

function isSame(other: () => string | undefined, one: string): boolean {
  try {
    return other() === one
  } catch {
    // What cannot be read is answered by nobody.
    return false
  }
}
