import type { StreamPart } from '../core/stream-part.ts'
import type { WireFormat } from '../core/wire-format.ts'

/**
 * A format whose answers call tools by the client's names, where the request had to give them others. `names`: as written
 * ▶ as the client said.
 */
export function withToolNames(format: WireFormat, names: ReadonlyMap<string, string>): WireFormat {
  const rename = (parts: StreamPart[]): StreamPart[] =>
    parts.map((part) => (part.type === 'tool-call-start' ? { ...part, name: names.get(part.name) ?? part.name } : part))
  return {
    ...format,
    readResponse: (body) => rename(format.readResponse(body)),
    createReader() {
      const reader = format.createReader()
      return { push: (event) => rename(reader.push(event)), end: () => rename(reader.end()) }
    },
  }
}
