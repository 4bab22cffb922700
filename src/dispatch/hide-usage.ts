import { isJsonObject } from '../core/json.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()
const NO_CHOICES = /"choices"\s*:\s*\[\s*\]/

/**
 * Whole frames of a stream of Chat Completions without the one that only counts tokens: the gateway asked for it, not its
 * client. The same bytes where there is none.
 */
export function withoutUsageFrame(frames: Uint8Array): Uint8Array {
  const text = decoder.decode(frames)
  if (!NO_CHOICES.test(text)) return frames
  // The empty line belongs to the frame before it.
  const kept = text.split(/(?<=\n\r?\n)/).filter((frame) => !onlyCounts(frame))
  return encoder.encode(kept.join(''))
}

function onlyCounts(frame: string): boolean {
  if (!NO_CHOICES.test(frame)) return false
  const data = frame.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice('data:'.length)] : []))
  try {
    const event: unknown = JSON.parse(data.join('\n'))
    if (!isJsonObject(event)) return false
    const { choices, usage } = event
    return Array.isArray(choices) && choices.length === 0 && isJsonObject(usage)
  } catch {
    return false
  }
}
