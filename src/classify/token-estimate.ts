const SAMPLE_UNITS = 2_048
const SAMPLES = 8
const MAX_WHOLE = SAMPLE_UNITS * SAMPLES

/**
 * Tokens of a text without a tokenizer. Against o200k_base and cl100k_base the estimate is within 20 % for nine of ten
 * English prompts and source files; within 35 % for other European languages, Chinese, Japanese and Korean in the
 * newer one; a text full of base64 or of rare scripts may be off by half. The time is bounded: of a text longer than
 * 16,384 UTF-16 units, eight evenly spread samples are counted and scaled.
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

// Weights fitted by least squares on 960 prompts and source files and on 36 languages' texts, the mean of both tokenizers as
// target, then rounded. What matters is where a word, a number or a run of marks begins; its length adds little.
const WORD = 0.76
const LETTER = 0.07
const NUMBER = 1.4
const DIGIT = 0.13
const MARKS = 0.5
const MARK = 0.2
const SPACE = 0.01
const LINE = 1
// More line ends and tabs right behind the first: o200k_base makes one token of 16, cl100k_base of 32.
const BLANK = 0.06

/** What the unit before was: a run is charged where it begins. */
type Run = 'word' | 'number' | 'marks' | 'blank' | 'other'

function countTokens(text: string, start: number, end: number): number {
  let tokens = 0
  let run: Run = 'other'
  for (let index = start; index < end; index += 1) {
    const unit = text.charCodeAt(index)
    const letter = unit | 0x20
    if (letter >= 0x61 && letter <= 0x7a && unit < 0x80) {
      tokens += run === 'word' ? LETTER : LETTER + WORD
      run = 'word'
    } else if (unit === 0x20) {
      tokens += SPACE
      run = 'other'
    } else if (unit >= 0x30 && unit <= 0x39) {
      tokens += run === 'number' ? DIGIT : DIGIT + NUMBER
      run = 'number'
    } else if (unit >= 0x80) {
      const isLetter = unit < 0x530 || (unit >= 0x1e00 && unit < 0x1f00)
      tokens += wideUnitTokens(unit) + (isLetter && run !== 'word' ? WORD : 0)
      run = isLetter ? 'word' : 'other'
    } else if (unit < 0x20) {
      const isBlank = unit >= 0x09 && unit <= 0x0d
      tokens += isBlank && run === 'blank' ? BLANK : LINE
      run = isBlank ? 'blank' : 'other'
    } else {
      tokens += run === 'marks' ? MARK : MARK + MARKS
      run = 'marks'
    }
  }
  return tokens
}

/** Tokens of one UTF-16 unit beyond ASCII, by script. */
function wideUnitTokens(unit: number): number {
  // Accented Latin splits words; Greek and Cyrillic letters come in groups.
  if (unit < 0x250) return 1.3
  if (unit < 0x530) return 0.3
  if (unit >= 0x1e00 && unit < 0x1f00) return 0.8
  // Hebrew, Arabic, Indic scripts, Thai, …
  if (unit < 0x2000) return 0.6
  // Half an emoji or half a rare ideograph.
  if (unit >= 0xd800 && unit <= 0xdfff) return 1.2
  if (unit >= 0x3040 && unit < 0x3100) return 0.75
  return 0.92
}
