/** What models put before the names of tools. */
const PREFIX = /^(?:functions?|tools?|default_api)[.:/]/i

export function withoutPrefix(name: string): string {
  return name.replace(PREFIX, '')
}

/** Alike for names that differ in case, or in the signs that part words. */
export function looseName(name: string): string {
  return name.toLowerCase().replace(/[-.\s]/g, '_')
}
