const CUT = 'rule 8: the text ends within the arguments, and the source makes an executable call of it'
const STREAMED = 'text before the call was sent when it arrived; the source drops it, in whole answers only'

/** By case id: why the result is another than the source's. */
export const JSON_FAMILIES: Readonly<Record<string, string>> = {
  'vllm:91': CUT,
  'vllm:261': 'a bug of the source: `<|tool_call_start|` is said as text although a call follows',
  'vllm:263': STREAMED,
  'vllm:270': STREAMED,
  'vllm:379': STREAMED,
  'vllm:381': 'rule 7: no call follows the marker, so it is text; the source says so too of a whole answer',
  'vllm:462': 'a bug of the source: half of the call is said as text too',
  'vllm:464': 'a bug of the source: half of the call is said as text too',
  'ollama:41': 'a bug of the source: it misses the calls when their marker is split, and says them as text',
  'ollama:68': 'text after calls is dropped in this dialect, as vllm has it (vllm:21)',
  'ollama:106': 'the reference drops text between calls, which the user was meant to read',
  'ollama:93': 'a call without a name can be answered by nobody',
  'ollama:332': 'a bug of the source: escapes in Python strings are kept as written',
  'ollama:339': 'a bug of the source: escapes in Python strings are kept as written',
  'ollama:677': 'a cut answer in JSON that names no declared tool is the answer',
}
