/** Records that say nothing of a model's text, by case id: why. They are read by nobody and count for nothing. */
export const NO_CASES: ReadonlyMap<string, string> = new Map([
  ['vllm:362', 'the parser was made to throw, to see that nothing is said then: the text is a whole call'],
  ['vllm:363', 'the parser was made to throw, to see that nothing is said then: the text is a whole call'],
  ['vllm:461', 'the text is `]` alone: the call that is expected was put into the state of the parser by the test'],
])
