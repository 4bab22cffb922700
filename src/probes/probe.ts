import { z } from 'zod'
import type { JsonValue } from '../core/json.ts'

// The shape of a probe prompt, as it stands in probes/*.yaml and in files given with `--prompts`.
// A message of two lines is a problem and its remedy.

const jsonValue: z.ZodType<JsonValue> = z.json()
const jsonObject = z.record(z.string(), jsonValue)

const tool = z.strictObject({
  name: z.string().min(1),
  description: z.string().min(1),
  /** A JSON Schema. */
  parameters: jsonObject.default({ type: 'object', properties: {} }),
})

const count = z.union([
  z.int().nonnegative(),
  z.strictObject({ least: z.int().nonnegative().optional(), most: z.int().nonnegative().optional() }),
])

const phrases = z.array(z.string().min(1)).min(1)

const constraints = z.strictObject({
  words: count.optional(),
  lines: count.optional().describe('Lines that are not blank.'),
  sentences: count.optional(),
  paragraphs: count.optional().describe('Blocks with a blank line between them.'),
  include: phrases.optional().describe('Words or phrases that must stand in the answer, whatever their case.'),
  exclude: phrases.optional(),
  times: z.record(z.string().min(1), z.int().nonnegative()).optional().describe('How often a word stands there.'),
  starts: z.string().min(1).optional(),
  ends: z.string().min(1).optional(),
  case: z.enum(['lower', 'upper']).optional(),
  each_line: z.string().min(1).optional().describe('A regular expression that every line matches.'),
  without_letter: z.string().length(1).optional(),
  initials: z.string().min(1).optional().describe('The first letters of the lines, in order.'),
})
export type Constraints = z.infer<typeof constraints>

const common = {
  id: z.string().regex(/^[\w.-]+$/, 'not a name\nUse letters, digits, ".", "_" and "-".'),
  kind: z.string().regex(/^[\w-]+$/, 'not a name\nUse letters, digits, "_" and "-".'),
  difficulty: z.literal([1, 2, 3]),
  prompt: z.string().min(1).optional(),
  /** Instead of `prompt`: a conversation as in a Chat Completions body. */
  messages: z.array(jsonObject).min(1).optional(),
  tools: z.array(tool).min(1).optional(),
  /** An answer that passes; reading the file proves it. */
  example: z.string().min(1).optional(),
}

const expectedCall = z.strictObject({ name: z.string().min(1), arguments: jsonObject.default({}) })

const graded = z.discriminatedUnion(
  'grader',
  [
    z.strictObject({
      ...common,
      grader: z.literal('number'),
      /** A string where there are more digits than a number keeps. */
      expected: z.union([z.number(), z.string().regex(/^-?\d+$/, 'not a whole number')]),
      tolerance: z.number().positive().optional(),
    }),
    z.strictObject({
      ...common,
      grader: z.literal('text'),
      expected: z.union([z.string().min(1), phrases]),
    }),
    z.strictObject({ ...common, grader: z.literal('choice'), expected: z.string().regex(/^[A-J]$/, 'not a letter') }),
    z.strictObject({
      ...common,
      grader: z.literal('pattern'),
      expected: z.string().min(1),
      flags: z
        .string()
        .regex(/^[imsu]*$/, 'not flags\nUse some of i, m, s, u.')
        .default(''),
    }),
    z.strictObject({ ...common, grader: z.literal('json'), expected: jsonValue }),
    z.strictObject({ ...common, grader: z.literal('schema'), expected: jsonObject }),
    z.strictObject({ ...common, grader: z.literal('calls'), expected: z.array(expectedCall) }),
    z.strictObject({ ...common, grader: z.literal('constraints'), expected: constraints }),
  ],
  'not a grader\nUse number, text, choice, pattern, json, schema, calls or constraints.',
)

/** A prompt whose answers can be graded without a judge. */
export const probeSchema = graded.superRefine((probe, context) => {
  const say = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
  if ((probe.prompt === undefined) === (probe.messages === undefined)) {
    say('prompt', 'not exactly one of prompt and messages\nWrite one of them.')
  }
  if (probe.grader === 'calls' && probe.tools === undefined) say('tools', 'missing\nName the tools that may be called.')
  if (probe.grader === 'pattern' || probe.grader === 'constraints') {
    const source = probe.grader === 'pattern' ? probe.expected : probe.expected.each_line
    if (source !== undefined && !isRegularExpression(source)) say('expected', 'not a regular expression\nCorrect it.')
  }
})
export type Probe = z.infer<typeof probeSchema>

function isRegularExpression(source: string): boolean {
  try {
    return new RegExp(source, 'u') instanceof RegExp
  } catch {
    return false
  }
}
