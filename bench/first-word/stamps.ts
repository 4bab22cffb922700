/** What a piece of the upstream's text says of its own stream, in microseconds of the machine's monotonic clock. */
export type Stamp = { readonly askedAt: number; readonly sentAt: number }

const STAMP = /~(\d+)\.(\d+)~/g

/** Microseconds of the clock that all processes of a machine share. */
export function microseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}

/** As text of a model: digits, which no wire format escapes. */
export function stampText({ askedAt, sentAt }: Stamp): string {
  return ` ~${askedAt}.${sentAt}~`
}

/** Reads the stamps of a stream as its bytes come, whatever format they are in and wherever they are cut. */
export function createStampReader(): (bytes: Buffer) => Stamp[] {
  let rest = ''
  return (bytes) => {
    const text = rest + bytes.toString('latin1')
    const stamps: Stamp[] = []
    let readTo = 0
    for (const found of text.matchAll(STAMP)) {
      stamps.push({ askedAt: Number(found[1]), sentAt: Number(found[2]) })
      readTo = found.index + found[0].length
    }
    const opened = text.indexOf('~', readTo)
    rest = opened < 0 ? '' : text.slice(opened)
    return stamps
  }
}
