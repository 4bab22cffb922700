/** The first bytes of picture files in base64: Ollama's images carry no type. */
const STARTS: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
]

/** Bare base64 with the type that its first bytes show; PNG where they show none. */
export function imageSource(data: string): { readonly mediaType: string; readonly data: string } {
  return { mediaType: STARTS.find(([start]) => data.startsWith(start))?.[1] ?? 'image/png', data }
}
