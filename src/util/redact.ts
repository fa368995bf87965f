import { secretsIn } from './secrets-in.ts'

const MASK = '***'

/** A value that is called a secret, unless it is a placeholder or one of the keys that every sandbox has. */
const NAMED =
  /\b((?:api_?key|token|secret|password|passwd|pwd)=)(?!pk_…|\*|pk_test(?:_\d+|_events_only|_no_scopes|_no_kdp)?(?![\w-]))[^&\s'"\\]+/gi

/** Makes text fit to be repeated. */
export type Redact = (text: string) => string

/** Text of a user's as it may be repeated where nothing more is known than the text itself. */
export const redact: Redact = (text) => redactor(secretsIn(text))(text)

/**
 * Takes out secrets that are known, in every spelling that they may have got on the way (percent-encoded, quoted, in
 * another case), and whatever looks like one.
 */
export function redactor(secrets: readonly string[]): Redact {
  // The longest first: a password that holds another one is taken out whole.
  const known = [...new Set(secrets)].sort((a, b) => b.length - a.length).map(anySpelling)
  return (text) => {
    let safe = text
    for (const secret of known) safe = safe.replaceAll(secret, MASK)
    return safe
      .replaceAll(/\bpk_[a-z\d]{16,}\w*/gi, MASK)
      .replaceAll(NAMED, `$1${MASK}`)
      .replaceAll(/(:\/\/[^/:@\s'"\\]*):[^\s'"\\/?&]*@/g, `$1:${MASK}@`)
  }
}

/** Below this length a secret may be part of an ordinary word, which is left alone. */
const NO_WORD = 12

function anySpelling(secret: string): RegExp {
  const letters = Array.from(secret, spellingsOf).join('')
  const isWhole = secret.length >= NO_WORD || /^pk_/i.test(secret)
  const before = isWhole || !/^\w/.test(secret) ? '' : String.raw`(?<!\w)`
  const after = isWhole || !/\w$/.test(secret) ? '' : String.raw`(?!\w)`
  return new RegExp(`${before}${letters}${after}`, 'giu')
}

/** A character as itself, behind a backslash, doubled as quotes are, in JSON, or as percent-encoded bytes. */
function spellingsOf(letter: string): string {
  const bytes = [...Buffer.from(letter)].map((byte) => byte.toString(16).padStart(2, '0'))
  const json = [...Array(letter.length).keys()]
    .map((at) => String.raw`\\u${letter.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')
  const itself = letter.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
  const spellings = [
    String.raw`\\*${itself}`,
    `%${bytes.join('%')}`,
    `%25${bytes.join('%25')}`,
    json,
    ...(letter === ' ' ? [String.raw`\+`] : []),
    ...(letter === "'" || letter === '"' ? [itself + itself] : []),
  ]
  return `(?:${spellings.join('|')})`
}
