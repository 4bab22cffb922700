import { describe, expect, test } from 'vitest'
import { DIALECTS } from '../../src/dialects/index.ts'
import type { ReadOptions } from '../../src/dialects/read-text.ts'
import { createTextReader } from '../../src/dialects/read-text.ts'
import { cutsOf, readAll } from './read.ts'

// design/tool-calling.md §3.3.6: what a model thinks is split off before calls are looked for.

const CALL = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>'

function dialectOf(id: string) {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  return dialect
}

/** `reasoning | text | names of the calls`, the same at every cut. */
function read(id: string, text: string, options?: ReadOptions): string {
  const whole = readAll(dialectOf(id), new Map(), [text], options)
  for (const chunks of cutsOf(text)) expect(readAll(dialectOf(id), new Map(), chunks, options)).toEqual(whole)
  return [whole.reasoning, whole.text, whole.calls.map(({ name }) => name).join()].join('|')
}

const begins = { beginsThinking: true }

describe('thinking is split off', () => {
  test.each([
    ['its white space too', 'hermes', '\n <think>\n a b \n</think>\n\nHello', 'a b|Hello|'],
    ['before a call', 'hermes', `<think>a</think>\n\n${CALL}`, 'a||get_weather'],
    ['with the call it speaks of', 'hermes', `<think>a ${CALL} b</think>c`, `a ${CALL} b|c|`],
    ['twice', 'hermes', '<think>a</think>b\n<think>c</think>\nd', 'ac|b\nd|'],
    ['unfinished', 'hermes', '<think>a </thi', 'a </thi||'],
    ['empty', 'hermes', '<think></think>a', '|a|'],
    ['by tags of its own', 'seed_oss', '<seed:think>a <think></seed:think>b', 'a <think>|b|'],
    ['by tokens of its own', 'gemma4', '<|channel>thought\na<channel|>b', 'a|b|'],
    ['by tokens without their label', 'gemma4', '<|channel>thoughts<channel|>b', 'thoughts|b|'],
    ['by tokens in a line', 'mistral_v11', 'Sure. [THINK]a[/THINK] b', 'a|Sure. b|'],
    ['by tags of LongCat', 'longcat', '<longcat_think>a</longcat_think>\n\nb', 'a|b|'],
    ['by tokens of Apertus', 'apertus', '<|inner_prefix|>a<|inner_suffix|>b', 'a|b|'],
    ['by tokens of Cohere', 'command_r7b', '<|START_THINKING|>a<|END_THINKING|>b', 'a|b|'],
    ['up to a native call', 'glm47', '<think>a <tool_call>get_weather</tool_call></think>b', 'a|b|get_weather'],
    [
      'over a native marker that is no call',
      'kimi_k2',
      '<think>a <|tool_call_begin|>! b</think>c',
      'a <|tool_call_begin|>! b|c|',
    ],
  ])('%s', (_name, id, text, expected) => {
    expect(read(id, text)).toBe(expected)
  })

  test.each([
    ['to its end', 'a</think>\n\nb', 'a|b|'],
    ['that is empty', '</think>b', '|b|'],
    ['opened once more', '<think>\na</think>b', 'a|b|'],
    ['that never ends', 'a b', 'a b||'],
  ])('thinking that the template began, %s', (_name, text, expected) => {
    expect(read('hermes', text, begins)).toBe(expected)
  })
})

describe('marks that are text', () => {
  test.each([
    ['in a line', 'The tag <think> opens it.'],
    ['quoted', 'Close with `</think>` and open with `<think>`.'],
    ['both in a line', 'Write <think>a</think> for it.'],
    ['a second end', '<think>a</think>b</think>c'],
    ['a beginning of another word', '<thinking is fun'],
  ])('%s', (_name, text) => {
    expect(read('hermes', text)).toBe(text.startsWith('<think>') ? 'a|b</think>c|' : `|${text}|`)
  })

  test('an end without a beginning is dropped', () => {
    expect(read('hermes', 'a\n</think>\n\nb')).toBe('|a\nb|')
  })
})

describe('what is held back', () => {
  const reader = () => createTextReader(dialectOf('hermes'), { tools: new Map() })

  test('is the first half of a character', () => {
    const one = reader()
    expect(one.push('a\ud83c')).toEqual([{ type: 'text', text: 'a' }])
    expect(one.push('\udf89b')).toEqual([{ type: 'text', text: '\u{1f389}b' }])
    expect(one.push('\ud83c')).toEqual([])
    expect(one.end()).toEqual([{ type: 'text', text: '\ud83c' }])
  })

  test('is no more than the prefix of a mark and white space', () => {
    const one = reader()
    expect(one.push('<think>a b </th')).toEqual([{ type: 'reasoning', text: 'a b' }])
    expect(one.push('e c')).toEqual([{ type: 'reasoning', text: ' </the c' }])
  })
})
