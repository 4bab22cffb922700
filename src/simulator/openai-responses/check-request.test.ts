import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { seal } from '../signature.ts'
import { checkRequest } from './check-request.ts'

const hello = { role: 'user', content: 'hello' }
const call = { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{}' }
const output = { type: 'function_call_output', call_id: 'call_1', output: 'sunny' }
const thought = { type: 'reasoning', id: 'rs_ab12', summary: [], encrypted_content: seal('openai', 'Hm.') }
const patch = { type: 'custom_tool_call', call_id: 'call_1', name: 'apply_patch', input: '***' }
const parameters = { type: 'object', properties: { city: { type: 'string' } } }
const tool = { type: 'function', name: 'get_weather', parameters }

const check = (body: JsonObject) => checkRequest({ model: 'ok', input: 'hello', ...body }, 'openai')

test('what OpenAI accepts is accepted', () => {
  const bodies: readonly JsonObject[] = [
    {},
    {
      instructions: 'x',
      temperature: 0,
      max_output_tokens: 16,
      store: false,
      stream: true,
      metadata: { a: 'b' },
      top_p: null,
    },
    {
      input: [
        { role: 'developer', content: 'x' },
        hello,
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'x' },
            { type: 'input_image', image_url: 'data:', detail: 'auto' },
          ],
        },
      ],
    },
    {
      input: [
        hello,
        {
          type: 'message',
          role: 'assistant',
          id: 'msg_1',
          status: 'completed',
          content: [{ type: 'output_text', text: 'x', annotations: [] }],
        },
        hello,
      ],
    },
    { input: [hello, call, { ...call, call_id: 'b' }, { ...output, call_id: 'b' }, output], tools: [tool] },
    { input: [hello, thought, call, output], store: false },
    { input: [hello, patch, { ...output, type: 'custom_tool_call_output' }] },
    { input: [hello, { ...thought, encrypted_content: null }, call, output] },
    { tools: [{ ...tool, strict: false }], tool_choice: 'required', parallel_tool_calls: false },
    {
      tools: [
        { ...tool, strict: true, parameters: { ...parameters, required: ['city'], additionalProperties: false } },
      ],
    },
    { tools: [tool], tool_choice: { type: 'function', name: 'get_weather' } },
    { tool_choice: 'auto', parallel_tool_calls: true },
    { model: 'gpt-5-mini', temperature: 1, top_p: 1 },
    { model: 'gpt-5.1', temperature: 0.2, reasoning: { effort: 'none' } },
    { model: 'gpt-5-chat-latest', temperature: 0.2 },
    { model: 'gpt-5.1', temperature: 0.2 },
    { model: 'gpt-5.6-sol', tools: [tool], reasoning: { effort: 'max' }, text: { verbosity: 'low' } },
    { model: 'gpt-5-pro', reasoning: { effort: 'high' } },
  ]
  for (const body of bodies) expect(check(body), JSON.stringify(body)).toBeUndefined()
})

test.each<[string, JsonObject, string | null, string | null, string | RegExp]>([
  ['an unknown member', { stop: ['a'] }, 'stop', 'unknown_parameter', "Unknown parameter: 'stop'."],
  ['a gateway’s own field', { routing: {} }, 'routing', 'unknown_parameter', /Unknown/],
  [
    'an unknown member of a message',
    { input: [{ ...hello, reasoning_content: 'x' }] },
    'input[0].reasoning_content',
    'unknown_parameter',
    /Unknown/,
  ],
  [
    'an unknown member of an item',
    { input: [hello, { ...call, extra: 1 }, output] },
    'input[1].extra',
    'unknown_parameter',
    /Unknown/,
  ],
  ['messages', { messages: [] }, 'messages', 'unsupported_parameter', /has moved to 'input'/],
  ['max_tokens', { max_tokens: 100 }, 'max_tokens', 'unsupported_parameter', /has moved to 'max_output_tokens'/],
  [
    'response_format',
    { response_format: {} },
    'response_format',
    'unsupported_parameter',
    /has moved to 'text.format'/,
  ],
  ['no input', { input: undefined }, 'input', 'missing_required_parameter', /must be provided/],
  ['an empty input', { input: [] }, 'input', 'empty_array', /empty array/],
  [
    'few tokens',
    { max_output_tokens: 15 },
    'max_output_tokens',
    'integer_below_min_value',
    /Expected a value >= 16, but got 15/,
  ],
  ['too hot', { temperature: 3 }, 'temperature', 'integer_above_max_value', /<= 2/],
  [
    'an unknown role',
    { input: [{ role: 'tool', content: 'x' }] },
    'input[0].role',
    'invalid_value',
    /Invalid value: 'tool'/,
  ],
  ['an unknown item', { input: [{ type: 'tool_use' }] }, 'input[0].type', 'invalid_value', /Invalid value: 'tool_use'/],
  [
    'input text of the assistant',
    { input: [{ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }] },
    'input[0].content[0].type',
    'invalid_value',
    /Supported values are: 'output_text', and 'refusal'/,
  ],
  [
    'parts of chat completions',
    { input: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
    'input[0].content[0].type',
    'invalid_value',
    /Invalid value: 'text'/,
  ],
  [
    'arguments as an object',
    { input: [hello, { ...call, arguments: {} }, output] },
    'input[1].arguments',
    'invalid_type',
    /expected a string/,
  ],
  [
    'an output without its call',
    { input: [hello, output] },
    'input',
    null,
    'No tool call found for function call output with call_id call_1.',
  ],
  ['an output before its call', { input: [hello, output, call] }, 'input', null, /No tool call found/],
  [
    'a call without its output',
    { input: [hello, call, hello] },
    'input',
    null,
    'No tool output found for function call call_1.',
  ],
  [
    'a function’s output for a call of free text',
    { input: [hello, patch, output] },
    'input',
    null,
    'No tool call found for function call output with call_id call_1.',
  ],
  [
    'a call of free text without its output',
    { input: [hello, patch] },
    'input',
    null,
    'No tool output found for custom tool call call_1.',
  ],
  [
    'a temperature of a model that reasons',
    { model: 'gpt-5-mini', temperature: 0.2 },
    'temperature',
    null,
    "Unsupported parameter: 'temperature' is not supported with this model.",
  ],
  [
    'effort of a model that does not reason',
    { model: 'gpt-4.1', reasoning: { effort: 'low' } },
    'reasoning.effort',
    'unsupported_parameter',
    "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
  ],
  [
    'a level that the model does not know',
    { model: 'gpt-5.1', reasoning: { effort: 'minimal' } },
    'reasoning.effort',
    'unsupported_value',
    "Unsupported value: 'minimal' is not supported with the 'gpt-5.1' model. Supported values are: 'none', 'low', 'medium', 'high'.",
  ],
  [
    'few words of a model that has no say in it',
    { model: 'gpt-4.1', text: { verbosity: 'low' } },
    'text.verbosity',
    'unsupported_value',
    /'low' is not supported/,
  ],
  [
    'sealed thoughts of a model that has none',
    { model: 'gpt-4o', include: ['reasoning.encrypted_content'] },
    'include',
    null,
    'Encrypted content is not supported with this model.',
  ],
  [
    'log probabilities of a model that reasons',
    { model: 'gpt-5-mini', include: ['message.output_text.logprobs'] },
    'include',
    'unsupported_parameter',
    'logprobs are not supported with reasoning models.',
  ],
  [
    'a long call id',
    { input: [hello, { ...call, call_id: 'a'.repeat(65) }, output] },
    'input[1].call_id',
    'string_above_max_length',
    /maximum length 64/,
  ],
  [
    'the id of another item',
    { input: [hello, { ...call, id: 'call_1' }, output] },
    'input[1].id',
    'invalid_value',
    /Expected an ID that begins with 'fc'/,
  ],
  [
    'reasoning at the end',
    { input: [hello, thought] },
    'input',
    null,
    "Item 'rs_ab12' of type 'reasoning' was provided without its required following item.",
  ],
  ['reasoning before an output', { input: [hello, call, thought, output] }, 'input', null, /required following item/],
  [
    'a call without its reasoning',
    { input: [hello, { ...call, id: 'fc_ab12_0r' }, output] },
    'input',
    null,
    "Item 'fc_ab12_0r' of type 'function_call' was provided without its required 'reasoning' item: 'rs_ab12'.",
  ],
  [
    'foreign encrypted content',
    { input: [hello, { ...thought, encrypted_content: 'gAAAA' }, call, output] },
    null,
    'invalid_encrypted_content',
    /could not be verified/,
  ],
  [
    'a seal of Gemini’s',
    { input: [hello, { ...thought, encrypted_content: seal('gemini', 'Hm.') }, call, output] },
    null,
    'invalid_encrypted_content',
    /could not be verified/,
  ],
  [
    'a response that is not kept',
    { previous_response_id: 'resp_1' },
    'previous_response_id',
    'previous_response_not_found',
    /not found/,
  ],
  [
    'the nested shape of a tool',
    { tools: [{ type: 'function', function: { name: 'a' } }] },
    'tools[0].name',
    'missing_required_parameter',
    /Missing/,
  ],
  [
    'a name with a dot',
    { tools: [{ ...tool, name: 'a.b' }] },
    'tools[0].name',
    'invalid_value',
    /does not match pattern/,
  ],
  [
    'a long name',
    { tools: [{ ...tool, name: 'a'.repeat(65) }] },
    'tools[0].name',
    'string_above_max_length',
    /maximum length 64/,
  ],
  [
    'parameters that are no object',
    { tools: [{ ...tool, parameters: { type: 'string' } }] },
    'tools[0].parameters',
    'invalid_function_parameters',
    /type: "object"/,
  ],
  [
    'a strict schema that is open',
    { tools: [{ ...tool, strict: true }] },
    'tools[0].parameters',
    'invalid_function_parameters',
    /'additionalProperties' is required to be supplied and to be false/,
  ],
  [
    'a strict schema with an optional member',
    { tools: [{ ...tool, strict: true, parameters: { ...parameters, additionalProperties: false } }] },
    'tools[0].parameters',
    'invalid_function_parameters',
    /Missing 'city'/,
  ],
  [
    'an unknown tool chosen',
    { tools: [tool], tool_choice: { type: 'function', name: 'b' } },
    'tool_choice',
    null,
    /not found in 'tools'/,
  ],
  [
    'the nested shape of a choice',
    { tools: [tool], tool_choice: { type: 'function', function: { name: 'a' } } },
    'tool_choice.name',
    'missing_required_parameter',
    /Missing/,
  ],
  ['a required tool of none', { tool_choice: 'required' }, 'tool_choice', null, /must be specified with 'tools'/],
  [
    'json without the word',
    { text: { format: { type: 'json_object' } } },
    'input',
    null,
    /must contain the word 'json'/,
  ],
  [
    'a format that is a list',
    { text: { format: { type: 'json_schema', name: 'x', schema: { type: 'array', items: {} } } } },
    'text.format.schema',
    'invalid_json_schema',
    /got 'type: "array"'/,
  ],
  [
    'a strict format that is open',
    { text: { format: { type: 'json_schema', name: 'x', strict: true, schema: { type: 'object' } } } },
    'text.format.schema',
    'invalid_json_schema',
    /additionalProperties/,
  ],
])('%s is refused', (_name, body, param, code, message) => {
  const matcher = typeof message === 'string' ? message : expect.stringMatching(message)
  expect(check(body)).toMatchObject({ status: 400, type: 'invalid_request_error', param, code, message: matcher })
})

test('reasoning that is neither sealed nor stored is not found', () => {
  const input = [hello, { ...thought, encrypted_content: null }, call, output]
  expect(check({ input, store: false })).toMatchObject({ status: 404, param: 'input' })
  expect(check({ input: [hello, { type: 'item_reference', id: 'rs_1' }], store: false })).toMatchObject({ status: 404 })
})
