import type { Tool, ToolChoice } from '../../core/tool.ts'
import type { Losses } from './lose.ts'

/** The tools that may be called, and whether one must be: for formats that cannot name a tool in their choice. */
export type ChosenTools = {
  readonly tools: readonly Tool[]
  readonly mode: 'auto' | 'none' | 'required' | undefined
}

/** A choice of named tools says the same as declaring only them. `tools` are those of the request, in its order. */
export function chosenTools(tools: readonly Tool[], choice: ToolChoice | undefined, losses: Losses): ChosenTools {
  if (choice === undefined || typeof choice === 'string') return { tools, mode: choice }
  const names = 'name' in choice ? [choice.name] : choice.allowed
  const mode = 'name' in choice ? 'required' : choice.mode
  const isChosen = ({ name }: Tool): boolean => names.includes(name)
  // A provider's own tool is its writer's to lose.
  if (tools.some(isChosen)) return { tools: tools.filter((tool) => tool.native !== undefined || isChosen(tool)), mode }
  if (tools.length > 0) losses.lose('tool_choice', 'it names no tool that is declared; any may be called')
  return { tools, mode }
}
