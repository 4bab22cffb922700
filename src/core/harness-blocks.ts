/** Blocks that agent programs put into user messages; nobody wrote them, so they must not steer the choice. */
const HARNESS_BLOCKS = [
  'system-reminder',
  'environment_context',
  'environment_details',
  'user_instructions',
  'local-command-stdout',
  'local-command-caveat',
  'command-name',
  'command-message',
  'ide_opened_file',
  'ide_selection',
] as const

/** The text without `<system-reminder>…</system-reminder>` and its like. An unclosed block is left as it is. */
export function withoutBlocks(text: string): string {
  if (!text.includes('</')) return text
  return HARNESS_BLOCKS.reduce(withoutBlock, text)
}

function withoutBlock(text: string, tag: string): string {
  const open = `<${tag}>`
  const close = `</${tag}>`
  let kept = ''
  let from = 0
  for (;;) {
    const start = text.indexOf(open, from)
    const end = start < 0 ? -1 : text.indexOf(close, start)
    if (end < 0) return from === 0 ? text : kept + text.slice(from)
    kept += text.slice(from, start)
    from = end + close.length
  }
}
