/** One thing that is wrong with the configuration: where, what, and what to do. */
export type Problem = { readonly path: string; readonly problem: string; readonly remedy: string }
