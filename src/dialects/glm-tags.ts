/** GLM's parameters, of which others write some too. */
export const GLM_PARAMETERS = {
  parameter: ['<arg_key>'],
  parameterNameEnd: '</arg_key>',
  value: '<arg_value>',
  parameterEnd: ['</arg_value>'],
} as const

/** Its calls, in which the name stands alone. */
export const GLM_CALL = {
  mayBeExample: true,
  groups: [],
  isGroupOptional: true,
  call: ['<tool_call>'],
  callEnd: ['</tool_call>'],
  ...GLM_PARAMETERS,
} as const
