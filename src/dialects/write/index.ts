import type { Declared } from '../dialect.ts'
export type WrittenCall = { readonly name: string; readonly argumentsText: string; readonly id?: string | undefined }
export function writeCalls(_dialect: string, calls: readonly WrittenCall[], _declared: Declared): string {
  return calls
    .map(
      ({ name, argumentsText }) =>
        `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": ${argumentsText}}\n</tool_call>`,
    )
    .join('\n')
}
export function writeResult(
  _dialect: string,
  { name, content }: { readonly name: string; readonly content: string },
): string {
  return `<tool_response>\n${JSON.stringify({ name, content })}\n</tool_response>`
}
