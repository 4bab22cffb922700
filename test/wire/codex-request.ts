/** The shape of Codex CLI's requests (openai/codex, codex-rs/core/src/client.rs), with short texts. */
export const CODEX = {
  model: 'auto',
  instructions: 'You are a coding agent running in the Codex CLI.',
  input: [
    {
      type: 'message',
      role: 'developer',
      content: [{ type: 'input_text', text: '<permissions>read-only</permissions>' }],
    },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: '<environment_context/>' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Add a test.' }] },
    {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: '**Looking**' }],
      content: null,
      encrypted_content: 'gAAAAA==',
    },
    { type: 'function_call', name: 'shell', arguments: '{"command":["ls"]}', call_id: 'call_1' },
    { type: 'function_call_output', call_id: 'call_1', output: 'a.ts' },
    {
      type: 'custom_tool_call',
      name: 'apply_patch',
      input: '*** Begin Patch\n*** End Patch',
      call_id: 'call_2',
      status: 'completed',
    },
    { type: 'custom_tool_call_output', call_id: 'call_2', output: 'Done' },
    { type: 'local_shell_call', call_id: 'call_3', status: 'completed', action: { type: 'exec', command: ['ls'] } },
    { type: 'function_call_output', call_id: 'call_3', output: 'a.ts' },
  ],
  tools: [
    {
      type: 'function',
      name: 'shell',
      description: 'Runs a command',
      strict: false,
      parameters: {
        type: 'object',
        properties: { command: { type: 'array', items: { type: 'string' } } },
        required: ['command'],
      },
    },
    {
      type: 'custom',
      name: 'apply_patch',
      description: 'Edits files',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: "*** Begin Patch" LF "*** End Patch" LF?' },
    },
    { type: 'local_shell' },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: false,
  reasoning: { effort: 'medium', summary: 'auto' },
  store: false,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: '019a-0000',
  text: { verbosity: 'medium' },
}
