/**
 * Text of a user's as it may be repeated in a message: whatever looks like a key of Klaviyo's, follows `api_key=` or
 * sits between `://` and `@` is `***`.
 */
export const redact = (text: string): string =>
  text
    .replaceAll(/\bpk_\w+/gi, '***')
    .replaceAll(/(key=)[^&\s'"]*/gi, '$1***')
    .replaceAll(/:\/\/[^/\s'"]*@/g, '://***@')
