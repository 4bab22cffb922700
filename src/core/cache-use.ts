/** Which answers of before a caller may get: none, those to the same request, or those to one that means the same, too. */
export type CacheUse = 'off' | 'exact' | 'semantic'
