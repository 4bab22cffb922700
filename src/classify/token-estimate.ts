const SAMPLE_UNITS = 2_048
const SAMPLES = 8
const MAX_WHOLE = SAMPLE_UNITS * SAMPLES

/**
 * Tokens of a text without a tokenizer, from how many characters of each script it has. The time is bounded: of a
 * longer text than 16,384 UTF-16 units, eight evenly spread samples are counted and scaled.
 */
export function estimateTokens(text: string): number {
  if (text.length <= MAX_WHOLE) return countTokens(text, 0, text.length)
  const stride = (text.length - SAMPLE_UNITS) / (SAMPLES - 1)
  let counted = 0
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const start = Math.floor(sample * stride)
    counted += countTokens(text, start, start + SAMPLE_UNITS)
  }
  return (counted / MAX_WHOLE) * text.length
}

function countTokens(text: string, start: number, end: number): number {
  let tokens = 0
  for (let index = start; index < end; index += 1) tokens += tokensOf(text.charCodeAt(index))
  return tokens
}

/** Tokens that one UTF-16 unit is worth on average. */
function tokensOf(unit: number): number {
  if (unit < 0x80) {
    // Letters and single spaces merge into words; digits come in groups of up to three; marks mostly stand alone.
    if (unit >= 0x30 && unit <= 0x39) return 0.36
    if ((unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a)) return 0.2
    if (unit === 0x20) return 0.06
    return 0.55
  }
  if (unit < 0x250) return 0.5
  if (unit < 0x2000) return 0.45
  // Two surrogates make one character; emoji and rare ideographs take two to three tokens.
  if (unit >= 0xd800 && unit <= 0xdfff) return 1.2
  return 0.85
}
