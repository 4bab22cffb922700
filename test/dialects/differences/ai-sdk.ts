/** By case id: why the result is another than the source's. */
export const AI_SDK: Readonly<Record<string, string>> = {}
