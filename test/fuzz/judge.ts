import type { ClientFormat, Seen } from '../faults/client-formats.ts'
import { sseEvents } from '../faults/client-formats.ts'

/** An answer as it came. */
export type Came = { readonly status: number; readonly contentType: string; readonly text: string }

/**
 * What is wrong with an answer to a client of `format`; `undefined` when it is a valid answer or a valid error.
 * `upstream`: what the model's server sent. Of its own format, events after the first part pass unread, the bad ones too:
 * those do not count here.
 */
export function problemOf(
  { status, contentType, text }: Came,
  format: ClientFormat,
  upstream = '',
): string | undefined {
  if (status === 500) return `500: ${text.slice(0, 300)}`
  if (contentType.includes('text/event-stream')) return problemOfStream(text, format, upstream)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return `${status}, no JSON: ${text.slice(0, 300)}`
  }
  if (status < 400) return undefined
  const { errors } = format.readWhole(body)
  return errors.length === 1 && errors[0] !== 'untyped' ? undefined : `${status}, no typed error: ${text.slice(0, 300)}`
}

function problemOfStream(text: string, format: ClientFormat, upstream: string): string | undefined {
  let seen: Seen
  // As it stands, and as a reader of events joins what stands on several lines.
  const sent = [upstream, ...sseEvents(upstream).map(({ data }) => data)].map(unspaced)
  const wasSent = (data: string): boolean => sent.some((one) => one.includes(unspaced(data)))
  try {
    seen = format.readStream(sseEvents(text).filter(({ data }) => isJson(data) || !wasSent(data)))
  } catch (thrown) {
    return `a stream that cannot be read (${String(thrown).slice(0, 100)}): ${text.slice(-300)}`
  }
  const { isEnded, errors } = seen
  if (errors.includes('untyped')) return `an untyped error in a stream: ${text.slice(-300)}`
  // What a server of the client's own format sends behind its own end has been passed on before it goes wrong.
  const isTwice = isEnded && errors.length > 0 && upstream === ''
  if (isTwice || (!isEnded && errors.length === 0) || errors.length > 1)
    return `a stream with ${errors.length} errors that ${isEnded ? 'is' : 'is not'} ended: ${text.slice(-300)}`
  return undefined
}

function isJson(data: string): boolean {
  try {
    JSON.parse(data)
    return true
  } catch {
    return data === '[DONE]'
  }
}

function unspaced(text: string): string {
  return text.replace(/\s/g, '')
}
