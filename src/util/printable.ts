/**
 * Controls of terminals and of text direction, characters without width, separators of lines, halves of characters:
 * whatever acts on a screen or hides on it.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const UNSEEN_WITHIN_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

const SHORT: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
}

/** Text as one line that shows all it holds; the escapes are those of JSON. */
export const printable = (text: string): string => text.replaceAll(UNSEEN, escaped)

/** The same for text that has lines. */
export const printableLines = (text: string): string => text.replaceAll(UNSEEN_WITHIN_LINES, escaped)

function escaped(letter: string): string {
  const units = [...Array(letter.length).keys()].map((at) =>
    letter.charCodeAt(at).toString(16).padStart(4, '0'),
  )
  return SHORT[letter] ?? units.map((unit) => String.raw`\u${unit}`).join('')
}
