/** By case id: why the result is another than the source's. */
export const HERMES: Readonly<Record<string, string>> = {
  'vllm:185': '§3.3.8: a cut call is no text for the user',
  'vllm:492': '§3.3.8: a call that the text ends in is none; the source has sent a part of it',
}
