import type { ToolCallPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Losses } from '../shared/lose.ts'
import { loseMark } from '../shared/no-cache-marks.ts'
import { compact } from '../shared/read-json.ts'
import { writeUserPart } from './write-parts.ts'

/** A call or a result, and where the client put it. */
export type PlacedCall = { readonly part: ToolCallPart; readonly path: string }
export type PlacedResult = { readonly part: ToolResultPart; readonly path: string }

/** `responses` answer the calls one by one; `attachments` are what a response of the model's generation cannot hold. */
export type WrittenResults = { readonly responses: JsonObject[]; readonly attachments: JsonObject[] }

/**
 * The results of one turn's calls: as many as there are calls and in their order, as Gemini counts them. A call without
 * a result gets one that says so. `takesMedia`: Gemini 3 and later hold media in a response; earlier models get them after
 * it, in a content of their own, so that the count is right.
 */
export function writeResults(
  calls: readonly PlacedCall[],
  results: readonly PlacedResult[],
  takesMedia: boolean,
  losses: Losses,
): WrittenResults {
  const waiting = [...results]
  const responses: JsonObject[] = []
  const attachments: JsonObject[] = []
  for (const { part: call, path } of calls) {
    const found = waiting.findIndex(({ part }) => part.callId === call.id)
    const [result] = found < 0 ? [] : waiting.splice(found, 1)
    if (result === undefined) {
      losses.lose(path, 'the call has no result; one that says so was put in')
      responses.push(response(call.id, call.name, { error: 'No result was given.' }))
      continue
    }
    const { text, media } = contentOf(result, losses)
    const body = result.part.isError === true ? { error: text } : { output: text }
    const parts = takesMedia && media.length > 0 ? { parts: media } : {}
    responses.push(response(call.id, call.name, body, parts))
    if (!takesMedia && media.length > 0) attachments.push(attachment(call.name), ...media)
  }
  return { responses, attachments }
}

/** What says where media come from that follow the results. */
export function attachment(name: string): JsonObject {
  return { text: `Attachment of the result of ${name}:` }
}

/** A result that no call waits for, as words where it stood. */
export function writeOrphan(orphan: PlacedResult, losses: Losses): JsonObject[] {
  losses.lose(orphan.path, 'a result without its call; it was told as text')
  const { text, media } = contentOf(orphan, losses)
  return [{ text: `Result of ${orphan.part.name ?? 'a tool'}: ${text}` }, ...media]
}

function response(id: string, name: string, body: JsonObject, parts: JsonObject = {}): JsonObject {
  return { functionResponse: compact({ id: id === '' ? undefined : id, name, response: body, ...parts }) }
}

function contentOf(
  { part, path }: PlacedResult,
  losses: Losses,
): { readonly text: string; readonly media: JsonObject[] } {
  loseMark(part, path, losses)
  const texts: string[] = []
  const media: JsonObject[] = []
  for (const [at, one] of part.content.entries()) {
    if (one.type !== 'text') media.push(...writeUserPart(one, `${path}.content[${at}]`, losses))
    else {
      loseMark(one, `${path}.content[${at}]`, losses)
      texts.push(one.text)
    }
  }
  return { text: texts.join('\n'), media }
}
