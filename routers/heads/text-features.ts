/** Numbers of a text that an embedding forgets; the same as `features` in train/fit.py. */
export function textFeatures(text: string): readonly number[] {
  const points = pointCount(text)
  const cut = points > MAX_POINTS ? Array.from(text).slice(0, MAX_POINTS).join('') : text
  const count = Math.max(Math.min(points, MAX_POINTS), 1)
  let digits = 0
  let maths = 0
  let code = 0
  let lines = 0
  let foreign = 0
  let questions = 0
  for (const point of cut) {
    if (point >= '0' && point <= '9') digits += 1
    else if (MATHS.has(point)) maths += 1
    else if (CODE.has(point)) code += 1
    else if (point === '\n') lines += 1
    else if (point === '?') questions += 1
    else if (point > '\u007f') foreign += 1
  }
  return [
    Math.log1p(Math.min(points, MAX_POINTS)),
    digits / count,
    maths / count,
    code / count,
    Math.log1p(lines),
    foreign / count,
    Math.min(questions, 3),
  ]
}

const MAX_POINTS = 2400
const MATHS = new Set('\\^=+*<>|$')
const CODE = new Set('{}()[];_')

function pointCount(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}
