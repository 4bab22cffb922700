/** A model's name without the vendor, with one kind of separator: `Claude-Haiku-4.5` and `claude-haiku-4-5` meet. */
export function exactName(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1)
  return last
    .toLowerCase()
    .replace(/[._:@ ]+/g, '-')
    .replace(/^(meta-|cerebras-|groq-)/, '')
}

/** The name without dates and packaging either: `llama-3.1-8b-instruct` and `Llama-3.1-8B-Instant` meet. */
export function plainName(name: string): string {
  let plain = exactName(name)
  while (true) {
    const shorter = plain.replace(PACKAGING, '')
    if (shorter === plain || shorter === '') return plain
    plain = shorter
  }
}

const PACKAGING =
  /-(latest|preview|instruct-turbo|instruct|it|instant|versatile|fp8|bf16|chat-hf|hf|free|cloud|\d{8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{4}|00\d|maas|v\d+-0|v1)$/
