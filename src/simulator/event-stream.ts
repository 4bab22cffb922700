import type { Frame } from './format.ts'

export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
} as const

/** One server-sent event with its name. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function namedEvent(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

/** One server-sent event without a name. */
export function plainEvent(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

/** An event whose data is cut short and whose end is in place. */
export function breakEvent(frame: Frame): string {
  const text = String(frame.data).trimEnd()
  const start = text.indexOf('data: ') + 'data: '.length
  return `${text.slice(0, start + Math.max(1, Math.floor((text.length - start) * 0.8)))}\n\n`
}
