/** Arguments of JSON values, as the text of an object. A name that comes twice keeps its last value. */
export function argumentsOf(members: readonly (readonly [string, string])[]): string {
  return `{${[...new Map(members)].map(([name, json]) => `${JSON.stringify(name)}: ${json}`).join(', ')}}`
}
